"""The chapter's pictures. Run: system().savefig("system.png")"""

from collections.abc import Mapping
from typing import Any

from matplotlib.figure import Figure

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


def arrow(
    axes: Any, start: Place, end: Place, words: str, colour: str, way: str = "arc3"
) -> None:
    shape = {"arrowstyle": "-|>", "color": colour, "lw": 1.6, "connectionstyle": way}
    axes.annotate("", end, start, arrowprops=shape)
    wide, high = end[0] - start[0], end[1] - start[1]
    middle = (start[0] + wide / 2, start[1] + high / 2)
    # Beside a slanted arrow, on the side from which it leans away.
    side = "center" if not high else "right" if wide * high > 0 else "left"
    offset = ({"center": 0, "right": -3, "left": 3}[side], 4)
    label = {"ha": side, "va": "bottom", "color": colour, "fontsize": 9}
    behind = {"fc": "#fbfaf6", "ec": "none", "pad": 0.5} if words else None
    axes.annotate(words, middle, offset, "data", "offset points", bbox=behind, **label)


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
    ends = {"done": (6, 2.5), "failed": (6, 1.4), "cancelled": (6, 0.0)}
    boxes(axes, ends, GREEN)
    arrow(axes, (0.5, 1.5), (2.4, 1.5), "claimed, attempts + 1", BLUE)
    arrow(axes, (2.4, 1.25), (0.5, 1.25), "", AMBER)
    arrow(axes, (3.5, 1.55), (5.6, 2.4), "stored", GREEN)
    arrow(axes, (3.6, 1.4), (5.5, 1.4), "third attempt", RED)
    arrow(axes, (3.5, 1.2), (5.4, 0.2), "asked to", BLUE)
    loop = "arc,angleA=90,angleB=90,armA=22,armB=22,rad=9"
    arrow(axes, (2.8, 1.65), (3.2, 1.65), "", AMBER, loop)
    arrow(axes, (0, 1.15), (5.3, 0.0), "", BLUE, "angle,angleA=-90,angleB=180,rad=9")
    note = {"ha": "center", "size": 9}
    axes.text(1.5, 0.98, "error, or told to leave", color=AMBER, **note)
    axes.text(2.6, 2.25, "lease ended: claimed by another worker", color=AMBER, **note)
    axes.text(2.6, 0.08, "asked to", color=BLUE, **note)
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
