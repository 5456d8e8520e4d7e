"""Who says what to whom, drawn: a login, a preflight, a double submit, an attack.

Try: from chapters.ch07_security import sequences; sequences.draw("login")
"""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK, BOX, LINE = "#222831", "#d3ecdd", "#6b7785"
GOOD, BAD = "#1f8a4c", "#b8324a"
Step = tuple[int, int, str, str]  # from, to, words, colour

ACTORS = {
    "login": ("program", "gate", "database"),
    "preflight": ("page elsewhere", "browser", "API"),
    "double submit": ("page of ours", "browser", "gate"),
    "attack": ("page elsewhere", "browser", "gate"),
}
WORDS = {
    "login": "A program sends e-mail and password; the gate stores the digest of a "
    "token and gives the token, which comes back with each request",
    "preflight": "A simple request reaches the API and runs, only its answer is "
    "withheld; a JSON request is asked for first, refused, and never sent",
    "double submit": "The gate sets two cookies; a script of ours reads one and "
    "repeats it in a header; the gate compares the two",
    "attack": "A form of another page reaches the gate with the cookies and without "
    "the header; the gate refuses the foreign origin",
}
STEPS: dict[str, list[Step]] = {
    "login": [
        (0, 1, "e-mail and password", INK),
        (1, 2, "hash for this e-mail?", INK),
        (1, 2, "sha256(token), good until …", INK),
        (1, 0, "token, shown once", GOOD),
        (0, 1, "Authorization: Bearer token", INK),
        (1, 2, "sha256(token), not expired?", INK),
        (1, 0, "200: it is Ada", GOOD),
    ],
    "preflight": [
        (0, 1, "fetch: GET, or POST as text", INK),
        (1, 2, "the request itself: it runs", BAD),
        (2, 1, "answer without allow-origin", INK),
        (1, 0, "not readable", BAD),
        (0, 1, "fetch: POST as JSON", INK),
        (1, 2, "OPTIONS: may this origin?", INK),
        (2, 1, "no", INK),
        (1, 0, "not readable, and never sent", GOOD),
    ],
    "double submit": [
        (2, 1, "cookies: session, csrf", INK),
        (0, 1, "reads the csrf cookie", INK),
        (0, 1, "POST + X-CSRF-Token", INK),
        (1, 2, "POST + cookies + header", INK),
        (2, 1, "header = cookie, signed: 200", GOOD),
    ],
    "attack": [
        (0, 1, "a form: POST to the gate", INK),
        (1, 2, "POST + cookies, no header", BAD),
        (2, 1, "foreign Origin: 403", GOOD),
        (0, 1, "the csrf cookie? not its own", BAD),
    ],
}


def arrow(axes: Axes, row: float, step: Step) -> None:
    start, end, words, colour = step
    style = {"arrowstyle": "->", "color": colour, "lw": 1.6}
    axes.annotate("", (end, row), (start, row), arrowprops=style)
    axes.text(
        (start + end) / 2, row + 0.12, words, ha="center", fontsize=9, color=colour
    )


def draw(name: str) -> Figure:
    steps, actors = STEPS[name], ACTORS[name]
    height = len(steps) + 1.2
    figure = Figure(figsize=(7.6, 0.48 * height + 0.4))
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set_xlim(-0.4, len(actors) - 0.6)
    axes.set_ylim(-height + 0.7, 0.5)
    frame = {"boxstyle": "round,pad=0.4", "facecolor": BOX, "edgecolor": LINE}
    for place, actor in enumerate(actors):
        axes.plot([place, place], [0, -height + 0.8], color=LINE, lw=0.8, ls=":")
        axes.text(place, 0.1, actor, ha="center", va="center", bbox=frame, color=INK)
    for number, step in enumerate(steps, start=1):
        arrow(axes, -number, step)
    return figure
