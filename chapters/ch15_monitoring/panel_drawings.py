"""Pictures of the panels, from the same questions. Ours: they are not Grafana's.

Used by the notebook and the tests: dashboard(prometheus).savefig("dashboard.png")
"""

import re
from typing import Any, Protocol

from matplotlib.figure import Figure

from chapters.ch15_monitoring.drawings import BLUE, COLOURS, GREEN, GREY, INK, RED
from chapters.ch15_monitoring.panels import PANELS, WINDOW, Panel
from chapters.ch15_monitoring.promql import Series

UNITS = {"reqps": "requests/s", "s": "seconds", "ms": "milliseconds"}


class Asked(Protocol):
    """A Prometheus: the real one, or the little one."""

    def instant(self, query: str) -> list[Series]: ...
    def range(self, query: str, seconds: float, step: float) -> list[Series]: ...


def hurried(query: str) -> str:
    """Grafana would put the interval in; a scrape takes 250 ms here."""
    return query.replace(WINDOW, "5s")


def name(one: Series, legend: str) -> str:
    return re.sub(r"{{(\w+)}}", lambda m: one.labels.get(m[1], ""), legend)


def lines(axes: Any, prometheus: Asked, panel: Panel, seconds: float) -> None:
    colours = iter(COLOURS * 9)
    for query, legend in panel.queries:
        for one in prometheus.range(hurried(query), seconds, 0.5):
            end = one.points[-1][0]
            x, y = [t - end for t, _ in one.points], [v for _, v in one.points]
            axes.plot(x, y, color=next(colours), lw=1.6, label=name(one, legend))
    axes.set_ylim(0, 1.35 * max(axes.get_ylim()[1], 0.01))  # room for the legend
    if axes.lines:
        axes.legend(fontsize=7, frameon=False, loc="upper left", labelcolor=INK)
    axes.set_xlabel("seconds from now", color=INK, fontsize=7)


def bars(axes: Any, prometheus: Asked, panel: Panel) -> None:
    [(query, legend)] = panel.queries
    found = {name(o, legend): o.value for o in prometheus.instant(hurried(query))}
    axes.bar(sorted(found), [found[key] for key in sorted(found)], color=BLUE)


def stat(axes: Any, prometheus: Asked, panel: Panel) -> None:
    [(query, legend)] = panel.queries
    for row, one in enumerate(prometheus.instant(query)):
        colour = GREEN if one.value else RED
        words = f"{name(one, legend)}  {one.value:g}"
        axes.text(0.1, 0.8 - row * 0.25, words, color=colour, fontsize=15)
    axes.set(xticks=[], yticks=[])


def tidy(axes: Any) -> None:
    axes.set_facecolor("none")
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[:].set_color(GREY)
    axes.tick_params(colors=INK, labelsize=7, length=2)


def draw(axes: Any, prometheus: Asked, panel: Panel, seconds: float = 10) -> None:
    tidy(axes)
    axes.set_title(panel.title, color=INK, fontsize=10, loc="left")
    axes.set_ylabel(UNITS.get(panel.unit, ""), color=INK, fontsize=7)
    if panel.kind == "timeseries":
        lines(axes, prometheus, panel, seconds)
    elif panel.kind == "barchart":
        bars(axes, prometheus, panel)
    else:
        stat(axes, prometheus, panel)
    if not (axes.lines or axes.patches or axes.texts):
        where = axes.transAxes
        axes.text(0.5, 0.5, "No data", color=GREY, ha="center", transform=where)
        axes.set(xticks=[], yticks=[])


def dashboard(prometheus: Asked, source: str) -> Figure:
    figure = Figure(figsize=(11, 7.4), layout="constrained")
    cells = figure.subplots(3, 3).flat
    for axes, panel in zip(cells, PANELS, strict=True):
        draw(axes, prometheus, panel)
    figure.suptitle(
        f"The panels' questions, drawn by us; answers of {source}", fontsize=9
    )
    return figure


def range_and_instant(prometheus: Asked) -> Figure:
    """The same question twice: asked for each moment, and for now."""
    figure = Figure(figsize=(9, 2.8), layout="constrained")
    left, right = figure.subplots(1, 2)
    panel = next(panel for panel in PANELS if panel.kind == "barchart")
    draw(right, prometheus, panel)
    right.set_title("Instant: a bar a face", color=INK, fontsize=10, loc="left")
    found = prometheus.range(panel.queries[0][0], 3, 1)
    for number, one in enumerate(sorted(found, key=lambda o: o.labels["face"])):
        x = [t - 3 + (number - 2.5) / 9 for t in range(len(one.points))]
        left.bar(x, [v for _, v in one.points], 0.1, color=COLOURS[number])
    title = "Range: the same bars at each moment"
    left.set_title(title, color=INK, fontsize=10, loc="left")
    for axes, words in ((left, "seconds from now"), (right, "face of the die")):
        tidy(axes)
        axes.set_xlabel(words, color=INK, fontsize=8)
    left.set_xticks(range(-3, 1))
    return figure
