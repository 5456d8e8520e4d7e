"""The chapter's pictures. Run: draw one, then figure.savefig("picture.png")"""

from typing import Any

from matplotlib.figure import Figure

from chapters.ch12_prediction_api.standings import Measured, speed, waiting

INK, BLUE, GREEN, AMBER, GREY = "#222831", "#4f86c6", "#3c9d6b", "#c98a1b", "#9aa0a6"


def blank(width: float, height: float) -> tuple[Figure, Any]:
    figure = Figure(figsize=(width, height))
    axes = figure.subplots()
    axes.set_facecolor("none")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, colors=INK)
    return figure, axes


def sequence() -> Figure:
    """Who calls whom: once at the start, then for each request."""
    figure, axes = blank(8.4, 4.0)
    lives = ("server", "lifespan", "model", "route")
    for x, name in enumerate(lives):
        axes.plot([x, x], [0.3, 6.4], color=GREY, lw=1)
        axes.text(x, 6.7, name, ha="center", weight="bold", color=INK)
    steps: tuple[tuple[int, int, float, str, str], ...] = (
        (0, 1, 5.8, "the server starts", AMBER),
        (1, 2, 5.0, "check, load, try", AMBER),
        (1, 0, 4.2, "yield: ready", AMBER),
        (0, 3, 3.2, "POST /prediction", BLUE),
        (3, 2, 2.3, "predict(rows)", BLUE),
        (2, 3, 1.5, "species", BLUE),
        (3, 0, 0.7, "200 OK", BLUE),
    )
    for start, end, y, words, colour in steps:
        arrow = {"arrowstyle": "-|>", "color": colour, "lw": 1.6}
        axes.annotate("", (end, y), (start, y), arrowprops=arrow)
        label = {"ha": "center", "va": "bottom", "color": INK, "fontsize": 9}
        axes.text((start + end) / 2, y + 0.06, words, **label)
    axes.text(3.5, 5.0, "once", color=AMBER, weight="bold")
    axes.text(3.5, 1.8, "each time", color=BLUE, weight="bold")
    axes.set(xlim=(-0.5, 4.3), ylim=(0, 7.1), xticks=[], yticks=[])
    return figure


def timeline(asked: dict[str, list[tuple[str, float, float]]]) -> Figure:
    """For each slow route: its bar, and the bar of the fast one asked meanwhile."""
    figure, axes = blank(8, 2.6)
    names: list[str] = []
    for slow, bars in asked.items():
        for name, start, end in bars:
            row = len(names)
            names.append(name if name == slow else f"/fast, beside {slow}")
            colour = BLUE if name == slow else GREEN
            axes.barh(row, max(end - start, 0.01), left=start, color=colour)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlim(left=0)
    axes.set_xlabel("seconds from asking to answer", color=INK)
    return figure


def standings(measured: Measured) -> Figure:
    """Two rows of bars, on scales in powers of ten: served, and what a ping waits."""
    figure = Figure(figsize=(9, 3.6))
    left, right = figure.subplots(1, 2, sharey=True)
    for axes, of, title in (
        (left, speed, "requests a second (longer is better)"),
        (right, waiting, "what a ping waits, ms (shorter is better)"),
    ):
        middles = [sorted(map(of, seen))[len(seen) // 2] for seen in measured.values()]
        colours = [GREEN if way == "batched" else BLUE for way in measured]
        axes.barh(list(measured), middles, color=colours)
        axes.set_xscale("log")
        axes.set_xlim(min(middles) / 3, max(middles) * 4)
        axes.set_title(title, color=INK, fontsize=10)
        axes.set_facecolor("none")
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0, colors=INK)
        for row, middle in enumerate(middles):
            text = f" {middle:.0f}" if middle >= 10 else f" {middle:.1f}"
            axes.text(middle, row, text, va="center", color=INK, fontsize=9)
    left.invert_yaxis()
    return figure


def cache_paths() -> Figure:
    """A hit is a short way, a miss a longer one than without a cache."""
    figure, axes = blank(8, 2.4)
    boxes = ((0, 1, "request"), (2, 1, "key: version\nand row"), (4, 1, "cached?"))
    for x, y, words in (*boxes, (6.2, 1.7, "answer"), (6.2, 0.2, "model, then keep")):
        frame = {"boxstyle": "round,pad=0.4", "fc": "#eef3fa", "ec": BLUE}
        axes.text(x, y, words, ha="center", va="center", color=INK, bbox=frame)
    for start, end, words, colour in (
        ((0.6, 1), (1.2, 1), "", INK),
        ((2.8, 1), (3.4, 1), "", INK),
        ((4.6, 1.1), (5.7, 1.7), "hit", GREEN),
        ((4.6, 0.9), (5.2, 0.4), "miss", AMBER),
        ((6.2, 0.5), (6.2, 1.4), "", AMBER),
    ):
        arrow = {"arrowstyle": "-|>", "color": colour, "lw": 1.6}
        axes.annotate("", end, start, arrowprops=arrow)
        x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
        y += 0.25 if end[1] > start[1] else -0.45
        axes.text(x - 0.1, y, words, ha="right", color=colour, weight="bold")
    axes.set(xlim=(-0.6, 7.4), ylim=(-0.3, 2.2), xticks=[], yticks=[])
    return figure
