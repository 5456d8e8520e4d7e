"""Three pictures: a family of models, the way of a value, and a schema as a card.

Try: family([SightingBase, SightingRead]) with the models of variants.py
"""

from collections.abc import Iterable

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from pydantic import BaseModel

INK, LINE, BLUE, GREEN, AMBER = "#222831", "#8a93a0", "#dbe8f7", "#dcefe2", "#f7ead0"


def canvas(width: float, height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set_facecolor("none")
    return figure, axes


def box(axes: Axes, x: float, y: float, text: str, colour: str) -> None:
    style = {"boxstyle": "round,pad=0.45", "facecolor": colour, "edgecolor": LINE}
    axes.text(x, y, text, va="center", color=INK, fontsize=10, bbox=style)


def arrow(
    axes: Axes, start: tuple[float, float], end: tuple[float, float], path: str
) -> None:
    shape = {"arrowstyle": "-|>", "color": LINE, "connectionstyle": path}
    axes.annotate("", xy=end, xytext=start, arrowprops=shape)


# --- a family of models -----


def parent(model: type[BaseModel]) -> type[BaseModel] | None:
    first = model.__bases__[0]
    return first if issubclass(first, BaseModel) and first is not BaseModel else None


def own_fields(model: type[BaseModel]) -> list[str]:
    above = parent(model)
    inherited = above.model_fields if above else {}
    return [name for name in model.model_fields if name not in inherited]


def depth(model: type[BaseModel]) -> int:
    above = parent(model)
    return 0 if above is None else 1 + depth(above)


def family(models: Iterable[type[BaseModel]]) -> Figure:
    """Each model with the fields that it adds; an arrow points at its parent."""
    every = list(models)
    figure, axes = canvas(6, 0.75 * len(every))
    places = {model: (0.9 * depth(model), -row) for row, model in enumerate(every)}
    for model, (x, y) in places.items():
        added = ", ".join(own_fields(model)) or "nothing of its own"
        box(axes, x, y, f"{model.__name__}\n{added}", GREEN if x else BLUE)
        above = parent(model)
        if above in places:
            up, top = places[above]
            elbow = "angle,angleA=180,angleB=90,rad=6"
            arrow(axes, (x - 0.05, y), (up + 0.4, top - 0.3), elbow)
    axes.set_xlim(-0.1, 0.9 * max(map(depth, every)) + 1.6)
    axes.set_ylim(0.5 - len(every), 0.5)
    return figure


# --- the way of a value -----


def way(steps: Iterable[tuple[str, str]], kind: str) -> Figure:
    """Who saw a field's value, top to bottom; the type's turn comes after `before`."""
    rows: list[tuple[str, str]] = []
    for stage, value in steps:
        rows.append((stage, value))
        if stage == "before":
            rows.append((f"the type: {kind}", "converts, or refuses"))
    figure, axes = canvas(6, 0.55 * len(rows))
    for row, (stage, value) in enumerate(rows):
        colour = AMBER if stage.startswith("the type") else BLUE
        colour = GREEN if stage.startswith("model") else colour
        box(axes, 0, -row, stage, colour)
        axes.text(0.95, -row, value, va="center", color=INK, family="monospace")
        if row:
            arrow(axes, (0.1, 0.8 - row), (0.1, 0.2 - row), "arc3")
    axes.set_xlim(-0.1, 2.6)
    axes.set_ylim(0.5 - len(rows), 0.5)
    return figure


# --- a schema as a card -----


def card(rows: list[dict[str, str]], title: str) -> Figure:
    """A table of fields, as a docs page lists them; what is required stands out."""
    figure, axes = canvas(7.6, 0.34 * (len(rows) + 1))
    columns = list(rows[0])
    cells = [[row[name] for name in columns] for row in rows]
    table = axes.table(cells, colLabels=columns, loc="upper left", cellLoc="left")
    table.auto_set_font_size(False)
    table.set_fontsize(10)
    table.auto_set_column_width(list(range(len(columns))))
    table.scale(1, 1.7)
    for (row, column), cell in table.get_celld().items():
        heading, required = row == 0, row > 0 and rows[row - 1]["required"] == "yes"
        cell.set(edgecolor=LINE, facecolor="none")
        cell.set_facecolor(GREEN if heading else AMBER if required else "none")
        bold = heading or column == 0
        cell.get_text().set(color=INK, weight="bold" if bold else "normal")
    axes.set_title(title, color=INK, loc="left")
    return figure
