"""The chapter's pictures. Run: layers().savefig("picture.png")"""

from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from chapters.ch10_deployment.standings import Laps, table

INK, BLUE, GREEN, AMBER, GREY = "#222831", "#4f86c6", "#3c9d6b", "#c98a1b", "#7b8188"


def blank(width: float, height: float) -> tuple[Figure, Any]:
    figure = Figure(figsize=(width, height))
    axes = figure.subplots()
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, colors=INK)
    return figure, axes


def box(axes: Any, x: float, y: float, words: str, colour: str, width: float) -> None:
    shape = FancyBboxPatch(
        (x - width / 2, y - 0.3), width, 0.6, boxstyle="round,pad=0.05", fc=colour
    )
    shape.set_edgecolor("none")
    axes.add_patch(shape)
    axes.text(x, y, words, ha="center", va="center", color="white", fontsize=9)


def path_of_a_request() -> Figure:
    """Visitor, nginx, manager and workers, database; who watches stands below."""
    figure, axes = blank(8.4, 2.9)
    box(axes, 0.8, 1.5, "visitor", GREY, 1.1)
    box(axes, 3.1, 1.5, "nginx\nTLS, limits", AMBER, 1.5)
    for y, name in ((2.4, "worker 1"), (1.5, "worker 2"), (0.6, "worker 3")):
        box(axes, 6.0, y, name, BLUE, 1.3)
        arrow = {"arrowstyle": "-|>", "color": INK, "lw": 1.3}
        axes.annotate("", (5.2, y), (4.0, 1.5), arrowprops=arrow)
        axes.annotate("", (8.0, 1.5), (6.8, y), arrowprops=arrow)
    box(axes, 8.8, 1.5, "PostgreSQL", GREEN, 1.4)
    axes.annotate("", (2.2, 1.5), (1.5, 1.5), arrowprops=arrow)
    axes.text(
        6.0, 0.0, "manager: starts, replaces, stops them", ha="center", fontsize=8
    )
    axes.text(3.1, 0.6, "sets X-Forwarded-For", ha="center", fontsize=8, color=INK)
    axes.set_xlim(0, 9.7)
    axes.set_ylim(-0.3, 3)
    axes.set_axis_off()
    return figure


def layers() -> Figure:
    """What is built again after a change of one line, in two orders of the lines."""
    figure, axes = blank(8.4, 3.0)
    orders = {
        "lock first": ("base", "COPY lock", "RUN pip install", "COPY source"),
        "source first": ("base", "COPY source and lock", "RUN pip install"),
    }
    for column, (order, steps) in enumerate(orders.items()):
        x, again = 2.1 + 4.3 * column, False
        axes.text(x, 4.0, order, ha="center", weight="bold", color=INK)
        for row, step in enumerate(steps):
            again = again or "source" in step
            box(axes, x, 3.2 - 0.9 * row, step, AMBER if again else GREY, 2.6)
    axes.text(6.4, 0.55, "amber: made again", ha="center", color=INK, fontsize=9)
    axes.set_xlim(0, 8.4)
    axes.set_ylim(0, 4.4)
    axes.set_axis_off()
    return figure


FIELDS = ("answers/s", "CPU ms", "ping ms")


def standings(laps: Laps) -> Figure:
    """Answers a second, what one of them costs, and how long a ping waits."""
    figure = Figure(figsize=(8.4, 2.8))
    rows = table(laps)
    for axes, field in zip(figure.subplots(1, 3, sharey=True), FIELDS, strict=True):
        values = [float(row[field]) for row in rows]
        names = [str(row["server"]) for row in rows]
        colours = [GREY if "1 worker" in name else BLUE for name in names]
        axes.barh(names, values, color=colours)
        axes.set_title(field, color=INK, fontsize=10)
        axes.set_facecolor("none")
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0, colors=INK)
        axes.invert_yaxis()
    figure.tight_layout()
    return figure
