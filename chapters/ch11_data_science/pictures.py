"""The chapter's pictures of data; each function gives a figure.

Try: pictures.penguins(read_penguins(), "bill_length_mm", "bill_depth_mm")
"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from chapters.ch11_data_science import overfitting as tides
from chapters.ch11_data_science import seasons

INK = "#222831"
BLUE, ORANGE, GREEN = "#2f6fb5", "#c9651b", "#2f8a5f"
GREY = "#b9bec6"
MARKS = {"Adelie": (BLUE, "o"), "Chinstrap": (ORANGE, "^"), "Gentoo": (GREEN, "s")}


def sheet(
    columns: int = 1, width: float = 7, height: float = 3
) -> tuple[Figure, list[Axes]]:
    """An empty sheet with one or more panels."""
    figure = Figure(figsize=(width, height), layout="constrained")
    panels = [*np.ravel(figure.subplots(1, columns))]
    for panel in panels:
        panel.set_facecolor("none")
        panel.spines[["top", "right"]].set_visible(False)
    return figure, panels


def penguins(birds: pd.DataFrame, across: str, up: str) -> Figure:
    figure, [panel] = sheet(height=3.4)
    for species, (colour, mark) in MARKS.items():
        some = birds[birds["species"] == species]
        panel.scatter(
            some[across],
            some[up],
            c=colour,
            marker=mark,
            s=16,
            alpha=0.8,
            label=species,
        )
    panel.set(xlabel=across.replace("_", " "), ylabel=up.replace("_", " "))
    panel.legend(frameon=False)
    return figure


def heaps(birds: pd.DataFrame) -> Figure:
    """The same flat map twice: by name, and by the heap that was found."""
    figure, [left, right] = sheet(2, height=3)
    for species, (colour, mark) in MARKS.items():
        some = birds[birds["species"] == species]
        left.scatter(
            some["across"], some["up"], c=colour, marker=mark, s=12, label=species
        )
    left.legend(frameon=False, fontsize=8)
    colours = birds["heap"].map({1: "#7b4fa3", 2: "#a8730a", 3: "#1f8a8a"})
    right.scatter(birds["across"], birds["up"], c=colours, s=12)
    left.set_title("the species", fontsize=10)
    right.set_title("the heaps, without a name", fontsize=10)
    for panel in (left, right):
        panel.set(xticks=[], yticks=[])
    return figure


def reports(strikes: pd.DataFrame) -> Figure:
    """Month by month with the rolling mean, and the typical year."""
    months = seasons.monthly(strikes)
    figure, [left, right] = sheet(2, width=9, height=2.8)
    left.plot(months.index, months, color=GREY, lw=1, label="reports a month")
    left.plot(
        months.index, seasons.smoothed(months), color=BLUE, lw=2, label="12 months"
    )
    left.legend(frameon=False, fontsize=8, loc="upper left")
    year = seasons.typical_year(months)
    right.bar(
        year.index, year, color=[ORANGE if y == year.max() else BLUE for y in year]
    )
    right.set_xticks(range(1, 13), list("JFMAMJJASOND"))
    right.set_title("mean of each month", fontsize=10)
    return figure


def overfitted(degrees: tuple[int, ...] = (1, 3, 9)) -> Figure:
    """Twelve readings, and three curves with more and more freedom."""
    figure, panels = sheet(len(degrees), width=9, height=2.6)
    hours, heights = tides.readings(12, seed=4)
    fine = np.linspace(0, 12, 300)
    for panel, degree in zip(panels, degrees, strict=True):
        curve = tides.fitted(degree, hours, heights)
        panel.plot(fine, tides.tide(fine), color=GREY, lw=2, label="the tide")
        panel.plot(fine, curve(fine), color=ORANGE, label=f"degree {degree}")
        panel.scatter(hours, heights, color=INK, s=14, zorder=3)
        panel.set(ylim=(-1, 5), xlabel="hour")
        panel.legend(frameon=False, fontsize=8, loc="upper right")
    panels[0].set_ylabel("metres")
    return figure


def growth(curves: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]) -> Figure:
    """Scores on seen (dashed) and unseen digits, by how many were seen."""
    figure, [panel] = sheet(height=3)
    for colour, (name, (sizes, seen, unseen)) in zip(
        (BLUE, ORANGE), curves.items(), strict=True
    ):
        panel.plot(sizes, seen, color=colour, ls="--", lw=1.2, label=f"{name}, seen")
        panel.plot(
            sizes, unseen, color=colour, marker="o", ms=4, label=f"{name}, unseen"
        )
    panel.set(xlabel="digits to learn from", ylabel="share right", ylim=(0.4, 1.03))
    panel.legend(frameon=False, fontsize=8, loc="lower right")
    return figure
