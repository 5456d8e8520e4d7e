"""The chapter's pictures. Run: system().savefig("system.png")"""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure

from chapters.ch14_text_to_image.race import Lap

INK, BLUE, GREEN, AMBER, RED = "#222831", "#4f86c6", "#3c9d6b", "#c98a1b", "#b4434d"
Place = tuple[float, float]


def blank(width: float, height: float, x: Place, y: Place) -> tuple[Figure, Any]:
    figure = Figure(figsize=(width, height))
    axes = figure.subplots()
    axes.set(xlim=x, ylim=y, xticks=[], yticks=[], facecolor="none")
    axes.spines[:].set_visible(False)
    return figure, axes


def boxes(axes: Any, places: Mapping[str, Place], colour: str = BLUE) -> None:
    frame = {"boxstyle": "round,pad=0.5", "fc": "#eef3fa", "ec": colour}
    for words, (x, y) in places.items():
        axes.text(x, y, words, ha="center", va="center", color=INK, bbox=frame)


def arrow(axes: Any, start: Place, end: Place, words: str, colour: str) -> None:
    shape = {"arrowstyle": "-|>", "color": colour, "lw": 1.6}
    axes.annotate("", end, start, arrowprops=shape)
    x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    behind = {"fc": "#fbfaf6", "ec": "none", "pad": 1} if words else None
    label = {"ha": "center", "va": "bottom", "color": colour, "fontsize": 9}
    axes.text(x, y + 0.06, words, bbox=behind, **label)


def system() -> Figure:
    """Who talks to whom: the picture goes from the storage to the browser."""
    figure, axes = blank(9, 4.2, (-0.7, 6.8), (-0.5, 3.5))
    boxes(axes, {"browser": (0, 1.5), "API": (2.2, 1.5)})
    boxes(axes, {"worker": (6.2, 2.6), "worker ": (6.2, 1.5), "worker  ": (6.2, 0.4)})
    stores = {"queue (Redis)": (4.2, 2.9), "database": (4.2, 1.5)}
    boxes(axes, stores | {"storage (S3)": (4.2, 0.0)}, GREEN)
    arrow(axes, (0.5, 1.5), (1.85, 1.5), "order, watch", BLUE)
    arrow(axes, (2.5, 1.7), (3.5, 2.7), "id", AMBER)
    arrow(axes, (2.5, 1.5), (3.7, 1.5), "row", BLUE)
    arrow(axes, (4.95, 2.85), (5.7, 2.65), "id", AMBER)
    arrow(axes, (5.7, 1.5), (4.7, 1.5), "progress", BLUE)
    arrow(axes, (5.7, 0.35), (4.9, 0.05), "PNG", GREEN)
    arrow(axes, (3.4, 0.0), (0.2, 1.15), "PNG, by a link that expires", GREEN)
    return figure


def states() -> Figure:
    """Where a plate may go from where it is."""
    figure, axes = blank(9, 3.6, (-0.7, 6.8), (-0.4, 2.8))
    boxes(axes, {"queued": (0, 1.4), "running": (3, 1.4)})
    ends = {"done": (6, 2.5), "cancelled": (6, 1.4), "failed": (6, 0.1)}
    boxes(axes, ends, GREEN)
    arrow(axes, (0.5, 1.5), (2.4, 1.5), "claimed, attempts + 1", BLUE)
    arrow(axes, (2.4, 1.25), (0.5, 1.25), "", AMBER)
    axes.text(1.5, 0.95, "error, or told to leave", ha="center", color=AMBER, size=9)
    arrow(axes, (3.5, 1.55), (5.6, 2.4), "stored", GREEN)
    arrow(axes, (3.5, 1.4), (5.3, 1.4), "asked to", BLUE)
    arrow(axes, (3.5, 1.25), (5.5, 0.2), "third attempt", RED)
    arrow(axes, (3.2, 1.1), (2.8, 0.2), "", AMBER)
    told = "lease ended: claimed by another worker"
    axes.text(2.6, -0.1, told, ha="center", color=AMBER, size=9)
    return figure


def orders() -> Figure:
    """Commit, then send: in the other order a worker looks for what is not there."""
    figure, axes = blank(9, 3.4, (-0.4, 3.4), (0, 6.4))
    for x, name in enumerate(("API", "database", "queue", "worker")):
        axes.plot([x, x], [0.2, 5.6], color="#9aa0a6", lw=1)
        axes.text(x, 5.9, name, ha="center", weight="bold", color=INK)
    calls: tuple[tuple[int, int, float, str, str], ...] = (
        (0, 1, 4.8, "order + message, COMMIT", BLUE),
        (0, 2, 3.9, "send the id", AMBER),
        (0, 1, 3.0, "forget the message", BLUE),
        (2, 3, 2.5, "the id", AMBER),
        (3, 1, 1.7, "claim: UPDATE … WHERE it is free", BLUE),
        (3, 1, 0.8, "progress, lease + 8 s, again and again", GREEN),
    )
    for start, end, y, words, colour in calls:
        arrow(axes, (start, y), (end, y), words, colour)
    return figure


def progress(series: Sequence[tuple[float, int]]) -> Figure:
    """Percent over seconds, as the events told it."""
    figure = Figure(figsize=(7, 2.6))
    axes = figure.subplots()
    axes.step(*zip(*series, strict=True), where="post", color=BLUE, lw=2)
    axes.set(ylabel="percent", xlabel="seconds since the first event")
    axes.set_facecolor("none")
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def standings(measured: Mapping[str, Lap]) -> Figure:
    """Two columns of bars: what is done, and who waits."""
    figure = Figure(figsize=(9, 2.6))
    left, right = figure.subplots(1, 2, sharey=True)
    rows = list(measured)
    columns = (
        (left, [measured[way].per_second for way in rows], "jobs a second", GREEN),
        (right, [measured[way].last_waits for way in rows], "longest wait, s", AMBER),
    )
    for axes, values, title, colour in columns:
        axes.barh(rows, values, color=colour)
        axes.set_title(title, color=INK, fontsize=10)
        axes.set_facecolor("none")
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0, colors=INK)
        axes.set_xlim(0, 1.2 * max(values))
        axes.bar_label(axes.containers[0], fmt=" %.1f", color=INK, fontsize=9)
    left.invert_yaxis()
    return figure
