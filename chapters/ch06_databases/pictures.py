"""The chapter's pictures: tables drawn from the models, a document, lost updates.

Try: tables_and_document(Base.metadata, box).savefig("storage.png")
"""

import json
from collections.abc import Mapping
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from sqlalchemy import Column, MetaData, Table

INK, PANEL, HEAD, LINE, ALARM = "#222831", "#ffffff", "#dbe7f5", "#4f86c6", "#d6455d"
ROW, WIDTH = 0.1, 0.46  # of a table's line, of a table


def blank(axes: Axes, title: str) -> None:
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_title(title, color=INK, loc="left")


def special(column: Column[Any]) -> str:
    referred = [f"  → {key.target_fullname}" for key in column.foreign_keys]
    marks = ["  · key"] * column.primary_key + ["  · unique"] * bool(column.unique)
    return "".join([column.name, *marks, *referred])


def draw_table(axes: Axes, table: Table, x: float, top: float) -> None:
    lines = [special(column) for column in table.columns]
    height = ROW * (len(lines) + 1)
    frame: dict[str, Any] = {"edgecolor": LINE, "lw": 1.2}
    place = (x, top - height)
    axes.add_patch(Rectangle(place, WIDTH, height, facecolor=PANEL, **frame))
    axes.add_patch(Rectangle((x, top - ROW), WIDTH, ROW, facecolor=HEAD, **frame))
    for number, line in enumerate([table.name, *lines]):
        weight = "normal" if number else "bold"
        y = top - ROW * (number + 0.5)
        axes.text(x + 0.015, y, line, va="center", color=INK, weight=weight, size=9)


def tables_and_document(metadata: MetaData, document: Mapping[str, Any]) -> Figure:
    """Left: rows that refer to each other. Right: one thing with its parts inside."""
    figure = Figure(figsize=(10, 3.6))
    left, right = figure.subplots(1, 2, width_ratios=(3, 2))
    blank(left, "Two tables: a sighting refers to its station")
    blank(right, "One document: the visits are inside")
    parent, child = metadata.sorted_tables[:2]
    draw_table(left, parent, 0.005, 0.95)
    draw_table(left, child, 0.53, 0.95)
    arrow = {"arrowstyle": "->", "color": LINE, "lw": 1.5}
    child_row, parent_row = 0.95 - 2.5 * ROW, 0.95 - 1.5 * ROW
    left.annotate("", (WIDTH + 0.005, parent_row), (0.53, child_row), arrowprops=arrow)
    words: dict[str, Any] = {"va": "top", "family": "monospace", "color": INK}
    box = {"facecolor": PANEL, "edgecolor": LINE, "boxstyle": "round,pad=0.6"}
    text = json.dumps(document, indent=2, ensure_ascii=False)
    right.text(0.04, 0.92, text, size=8, bbox=box, **words)
    return figure


def bars(values: Mapping[str, int], title: str) -> Figure:
    """One bar a way; what is above zero is an alarm."""
    figure = Figure(figsize=(7, 0.7 + 0.5 * len(values)))
    axes = figure.subplots()
    axes.barh(list(values), list(values.values()), color=ALARM, height=0.6)
    for row, value in enumerate(values.values()):
        axes.text(value, row, f" {value}", va="center", color=INK)
    axes.set_xlim(0, 1.15 * max([1, *values.values()]))
    axes.set_title(title, color=INK)
    axes.invert_yaxis()
    axes.xaxis.set_visible(False)
    axes.tick_params(axis="y", length=0, colors=INK)
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    axes.set_facecolor("none")
    return figure
