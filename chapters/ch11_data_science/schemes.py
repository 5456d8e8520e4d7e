"""The chapter's drawings of ideas, and two heat maps.

Try: schemes.folds(5)
"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from sklearn.datasets import load_digits

from chapters.ch11_data_science.pictures import BLUE, GREY, INK, ORANGE, sheet


def box(
    panel: Axes, x: float, y: float, colour: str, text: str = "", wide: float = 1
) -> None:
    panel.add_patch(Rectangle((x, y), wide * 0.94, 0.86, color=colour, lw=0))
    dark = colour in (BLUE, ORANGE, INK)
    panel.text(
        x + wide * 0.47,
        y + 0.43,
        text,
        ha="center",
        va="center",
        fontsize=9,
        color="white" if dark else INK,
    )


def bare(panel: Axes, wide: float, high: float) -> None:
    panel.set(xlim=(-0.1, wide), ylim=(high, -0.1))
    panel.axis("off")


def folds(count: int) -> Figure:
    """Each row of boxes is one round: learn from the grey, ask the orange."""
    figure, [panel] = sheet(height=0.3 + 0.36 * count)
    bare(panel, count + 1.4, count)
    for turn in range(count):
        panel.text(
            0, turn + 0.5, f"round {turn + 1}", va="center", fontsize=9, color=INK
        )
        for part in range(count):
            asked = part == turn
            words = "ask" if asked else "learn"
            box(panel, part + 1, turn, ORANGE if asked else GREY, words)
    return figure


def broadcast() -> Figure:
    """A column (3, 1) and a row (1, 4) meet in a table (3, 4)."""
    figure, panels = sheet(3, width=8, height=1.7)
    column, row = np.array([[0], [10], [20]]), np.array([[1, 2, 3, 4]])
    shown = [(column, "(3, 1)"), (row, "(1, 4)"), (column + row, "(3, 4)")]
    for panel, (values, title) in zip(panels, shown, strict=True):
        bare(panel, 4.1, 3.1)
        panel.set_xlim(-0.8, 4.1)
        panel.set_title(title, fontsize=10, color=INK)
        high, wide = values.shape
        for y in range(3):
            for x in range(4):
                real = y < high and x < wide
                value = str(values[min(y, high - 1), min(x, wide - 1)])
                box(panel, x, y, BLUE if real else GREY, value)
    for panel, sign in ((panels[1], "+"), (panels[2], "=")):
        panel.text(-0.62, 1.7, sign, fontsize=16, color=INK, ha="center")
    return figure


def window() -> Figure:
    """A view shares its bytes with the array; a copy has its own."""
    figure, [panel] = sheet(height=1.9)
    bare(panel, 10.5, 3.3)
    for x in range(6):
        box(panel, x, 0, BLUE if x in (2, 3) else GREY, str(x * 10))
    for x, start, colour, words in ((2, 2, BLUE, "view"), (8, 8, ORANGE, "copy")):
        box(panel, x, 2.2, colour, f"a[2:4]{'' if start == 2 else '.copy()'}", wide=2)
        panel.text(x + 0.95, 1.55, words, ha="center", fontsize=9, color=INK)
    panel.annotate(
        "", (2.95, 0.95), (2.95, 1.4), arrowprops={"arrowstyle": "->", "color": INK}
    )
    for x in (8, 9):
        box(panel, x, 0, ORANGE, str(x * 10 - 60))
    panel.annotate(
        "", (8.95, 0.95), (8.95, 1.4), arrowprops={"arrowstyle": "->", "color": INK}
    )
    return figure


def contact_sheet(count: int = 10) -> Figure:
    """The first digits as they were scanned: 8 by 8 greys."""
    figure, panels = sheet(count, width=7, height=1)
    digits = load_digits()
    for panel, image, name in zip(panels, digits.images, digits.target, strict=False):
        panel.imshow(image, cmap="Greys")
        panel.set_title(str(name), fontsize=9, color=INK)
        panel.axis("off")
    return figure


def heat_map(table: pd.DataFrame) -> Figure:
    """A confusion matrix: rows are true, columns are said; the diagonal is right."""
    figure, [panel] = sheet(width=5.2, height=3.2)
    values = table.to_numpy()
    panel.imshow(values, cmap="Blues", vmax=values.max() * 1.2)
    for y, x in np.ndindex(values.shape):
        pale = values[y, x] < values.max() * 0.6
        panel.text(
            x, y, values[y, x], ha="center", va="center", color=INK if pale else "white"
        )
    panel.set_xticks(range(len(table.columns)), table.columns, rotation=20)
    panel.set_yticks(range(len(table.index)), table.index)
    panel.set(xlabel="predicted", ylabel="true")
    return figure
