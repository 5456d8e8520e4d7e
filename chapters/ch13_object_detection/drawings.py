"""The chapter's pictures. Run: ages(series).savefig("ages.png")"""

from typing import Any

from matplotlib.figure import Figure

from chapters.ch13_object_detection.boxes import iou
from chapters.ch13_object_detection.standings import Series

INK, BLUE, GREEN, AMBER, GREY = "#222831", "#4f86c6", "#3c9d6b", "#c98a1b", "#9aa0a6"
RED = "#c2534f"
COLOURS = {"unbounded": RED, "on-the-loop": AMBER, "drop-newest": BLUE, "latest": GREEN}


def plain(axes: Any) -> None:
    axes.set_facecolor("none")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, colors=INK)


def ages(series: Series) -> Figure:
    """How old each answered frame was, over the time of the film; one line a way."""
    figure = Figure(figsize=(8.4, 3.4))
    axes = figure.subplots()
    plain(axes)
    for way, filmed in series.filmed.items():
        at, age, _ = zip(*filmed.answers, strict=True)
        milliseconds = [1e3 * one for one in age]
        axes.plot(at, milliseconds, color=COLOURS[way], lw=1.8, label=way)
    axes.axhline(series.model_ms, color=GREY, ls="--", lw=1)
    axes.text(0, series.model_ms * 0.9, "the model's own time", color=INK, va="top")
    axes.set_yscale("log")
    axes.set_ylim(bottom=series.model_ms * 0.5)
    axes.set_ylabel("age of the answered frame, ms", color=INK)
    axes.set_xlabel("seconds of film", color=INK)
    axes.legend(frameon=False, ncols=4, loc="lower center", bbox_to_anchor=(0.5, 1))
    figure.subplots_adjust(bottom=0.16, top=0.9)
    return figure


def frames(series: Series, begin: float = 1.0, end: float = 2.0) -> Figure:
    """A second of film: a dot for each frame sent, and an arrow from each that was
    answered to the moment of its answer."""
    figure = Figure(figsize=(8.4, 3.6))
    axes = figure.subplots()
    plain(axes)
    for row, (way, filmed) in enumerate(series.filmed.items()):
        for at, age, _ in filmed.answers:
            taken = at - age
            if begin <= taken <= end:
                slope = [taken, min(at, end + 0.5)], [row, row - 0.45]
                axes.plot(*slope, color=COLOURS[way], lw=1.3)
                axes.plot(taken, row, "o", color=COLOURS[way], ms=4, zorder=3)
        step = filmed.seconds / max(1, filmed.sent)
        dots = [n * step for n in range(filmed.sent) if begin <= n * step <= end]
        axes.plot(dots, [row] * len(dots), ".", color=GREY, ms=3)
    axes.set_yticks(range(len(series.filmed)), list(series.filmed))
    axes.invert_yaxis()
    axes.set_xlim(begin, end + 0.5)
    axes.set_xlabel("seconds: dots are frames, slanted lines last until the answer")
    return figure


def overlap() -> Figure:
    """Three pairs of boxes and their intersection over union."""
    figure = Figure(figsize=(8, 2.4))
    one = (0.0, 0.0, 4.0, 4.0)
    others = (0.3, 0.2, 4.2, 4.1), (2.0, 0.0, 6.0, 4.0), (4.6, 0.5, 6.6, 3.0)
    for axes, other in zip(figure.subplots(1, 3), others, strict=True):
        plain(axes)
        for (left, top, right, bottom), colour in ((one, BLUE), (other, GREEN)):
            corners = [left, right, right, left], [top, top, bottom, bottom]
            axes.fill(*corners, facecolor=colour, edgecolor=colour, alpha=0.35, lw=2)
        axes.set_title(f"IoU {iou(one, other):.2f}", color=INK, fontsize=11)
        axes.set(xlim=(-0.3, 6.9), ylim=(4.4, -0.3), xticks=[], yticks=[])
        axes.set_aspect("equal")
    return figure


def ways_through() -> Figure:
    """From the camera to the boxes: who waits for whom."""
    figure = Figure(figsize=(10, 2.4))
    axes = figure.subplots()
    plain(axes)
    stops = (
        *("camera\n30 a second", "receive\nnever waits", "latest\none frame"),
        *("a turn, a thread\nthe model", "send\nif it is read", "boxes"),
    )
    for x, words in enumerate(stops):
        frame = {"boxstyle": "round,pad=0.45", "fc": "#eef3fa", "ec": BLUE}
        at: dict[str, Any] = {"ha": "center", "va": "center", "color": INK}
        axes.text(1.5 * x, 1, words, bbox=frame, fontsize=8.5, **at)
        if x:
            arrow = {"arrowstyle": "-|>", "color": INK, "lw": 1.5}
            axes.annotate(
                "", (1.5 * x - 0.58, 1), (1.5 * x - 0.92, 1), arrowprops=arrow
            )
    arrow = {"arrowstyle": "-|>", "color": AMBER, "lw": 1.5}
    axes.annotate("", (3, 0.1), (3, 0.6), arrowprops=arrow)
    axes.text(3, 0, "overtaken: dropped", color=AMBER, ha="center", va="top")
    axes.set(xlim=(-0.8, 8.2), ylim=(-0.3, 1.6), xticks=[], yticks=[])
    return figure
