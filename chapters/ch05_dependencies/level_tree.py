"""At which level does a dependency belong? Three questions, drawn.

Try: from chapters.ch05_dependencies import level_tree; level_tree.draw()
"""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK, ASK, TELL, LINE = "#222831", "#f4e3c1", "#d3ecdd", "#6b7785"
STEPS = (
    ("Does the function\nuse the value?", "an argument\nof the function"),
    ("Is it for\none route only?", "dependencies=[...]\non the decorator"),
    (
        "Is it for\none router only?",
        "dependencies=[...] on APIRouter,\nor on including it",
    ),
)
OTHERWISE = "FastAPI(dependencies=[...])"
Point = tuple[float, float]


def box(axes: Axes, at: Point, text: str, colour: str, side: str = "center") -> None:
    frame = {"boxstyle": "round,pad=0.5", "facecolor": colour, "edgecolor": LINE}
    axes.text(*at, text, bbox=frame, ha=side, va="center", color=INK, fontsize=10)


def arrow(axes: Axes, start: Point, end: Point, text: str) -> None:
    axes.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": LINE})
    middle = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    axes.text(middle[0] + 0.02, middle[1] + 0.08, text, color=INK, fontsize=10)


def draw() -> Figure:
    figure = Figure(figsize=(8, 5.2))
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(-3.4, 0.4)
    for row, (question, answer) in enumerate(STEPS):
        arrow(axes, (0.36, -row), (0.52, -row), "yes")
        arrow(axes, (0.22, -row - 0.28), (0.22, -row - 0.76), "no")
        box(axes, (0.22, -row), question, ASK)
        box(axes, (0.55, -row), answer, TELL, side="left")
    box(axes, (0.22, -3.0), OTHERWISE, TELL)
    return figure
