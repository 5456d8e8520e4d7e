"""The chapter's schemes and timelines. Run: draw one, then figure.savefig("a.png")"""

from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import Wedge
from prometheus_client.parser import text_string_to_metric_families

INK, BLUE, GREEN, AMBER, GREY = "#222831", "#4f86c6", "#3c9d6b", "#c98a1b", "#9aa0a6"
RED, PURPLE = "#c8553d", "#8d6cab"
BIG: dict[str, Any] = {
    "ha": "center",
    "va": "center",
    "color": BLUE,
    "fontsize": 28,
}
COLOURS = [BLUE, GREEN, AMBER, PURPLE, RED, INK]


def blank(width: float, height: float) -> tuple[Figure, Any]:
    figure = Figure(figsize=(width, height))
    axes = figure.subplots()
    axes.set_facecolor("none")
    axes.spines[:].set_visible(False)
    axes.set(xticks=[], yticks=[])
    return figure, axes


def box(axes: Any, x: float, y: float, words: str, colour: str = BLUE) -> None:
    frame = {"boxstyle": "round,pad=0.5", "fc": "#f3f1ea", "ec": colour, "lw": 1.4}
    axes.text(x, y, words, ha="center", va="center", color=INK, bbox=frame, fontsize=9)


def arrow(
    axes: Any, start: tuple[float, float], end: tuple[float, float], colour: str = GREY
) -> None:
    axes.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": colour})


def sinks() -> Figure:
    """One call, and everybody who gets its line."""
    figure, axes = blank(8, 2.6)
    box(axes, 0.6, 1, "logger.debug(...)\nlogger.warning(...)", AMBER)
    box(axes, 2.4, 1, "Loguru")
    arrow(axes, (1.35, 1), (2.0, 1))
    for y, words in (
        (2, "stdout, from WARNING"),
        (1, "station.log, from DEBUG\nrotated at 1 KB, 3 kept"),
        (0, "any function of yours"),
    ):
        arrow(axes, (2.8, 1), (3.5, y))
        box(axes, 4.5, y, words, GREEN)
    axes.set(xlim=(-0.4, 5.6), ylim=(-0.5, 2.5))
    return figure


def system(who: str) -> Figure:
    """What is watched, and by whom."""
    figure, axes = blank(9, 3.8)
    for x, words in ((0, "visitor"), (2, "API"), (4, "Redis"), (6, "worker")):
        box(axes, x, 2, words)
    for left, words in (
        (0.45, "X-Request-ID"),
        (2.3, "message +\nid, trace"),
        (4.4, ""),
    ):
        arrow(axes, (left, 2), (left + 1.2, 2))
        axes.text(left + 0.6, 2.2, words, ha="center", color=INK, fontsize=8)
    box(axes, 4, 3.7, who, GREEN)
    box(axes, 4, 0.3, "log lines, errors, spans", AMBER)
    for outwards, inwards in ((2.1, 3.3), (5.9, 4.7)):
        arrow(axes, (inwards, 3.2), (outwards, 2.4), GREEN)
        arrow(axes, (outwards, 1.6), (inwards, 0.7), AMBER)
    axes.text(4, 3.0, "asks both for /metrics", ha="center", color=GREEN, fontsize=8)
    axes.set(xlim=(-0.7, 6.9), ylim=(-0.2, 4.3))
    return figure


def kinds(text: str) -> Figure:
    """A counter, a gauge, a histogram and a summary, from what /metrics said."""
    families = text_string_to_metric_families(text)
    every = (sample for family in families for sample in family.samples)
    said = {(s.name, s.labels.get("le", "")): s.value for s in every}
    figure = Figure(figsize=(10, 2.5), layout="constrained")
    count, dial, buckets, summary = figure.subplots(1, 4)
    for axes, title in (
        (count, "counter: how many ever"),
        (dial, "gauge: how many now"),
        (buckets, "histogram: how many at most"),
        (summary, "summary: count and sum"),
    ):
        axes.set_title(title, color=INK, fontsize=9)
        axes.set_facecolor("none")
        axes.spines[:].set_visible(False)
    for axes in (count, dial, summary):
        axes.set(xticks=[], yticks=[], xlim=(-1.2, 1.2), ylim=(-0.3, 1.2), aspect=1)
    count.text(0, 0.4, f"{said['photos_total', '']:g}", **BIG)
    draw_dial(dial, said["photos_drying", ""])
    draw_buckets(buckets, said)
    n, total = said["photo_bytes_count", ""], said["photo_bytes_sum", ""]
    words = f"{n:g} photos, {total:g} bytes\n= {total / n:g} each"
    summary.text(0, 0.4, words, ha="center", va="center", color=PURPLE, fontsize=12)
    return figure


def draw_dial(axes: Any, now: float) -> None:
    axes.add_patch(Wedge((0, 0), 1, 0, 180, width=0.25, color="#dddad0"))
    axes.add_patch(Wedge((0, 0), 1, 180 - 18 * now, 180, width=0.25, color=GREEN))
    axes.text(0, 0.2, f"{now:g}", **BIG)


def draw_buckets(axes: Any, said: dict[tuple[str, str], float]) -> None:
    bounds = [le for name, le in said if name == "photo_seconds_bucket"]
    heights = [said["photo_seconds_bucket", le] for le in bounds]
    axes.bar([f"≤ {le}" for le in bounds], heights, color=AMBER)
    axes.set_yticks(range(5))
    axes.tick_params(colors=INK, labelsize=8, length=0)
