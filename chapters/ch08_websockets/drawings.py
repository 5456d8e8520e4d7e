"""Who hears Ada? Two processes without a broker, and with one, as a picture.

Try: draw().savefig("processes.png")
"""

from typing import Any

from matplotlib.figure import Figure

INK, HEARD, DEAF, WIRE = "#222831", "#2f7d5b", "#b4632a", "#4f86c6"
CLIENTS = {"Ada": 0.1, "Grace": 1.55, "Mary": 3.0}
PROCESSES = {"process 1": 0.8, "process 2": 3.0}


def box(axes: Any, x: float, y: float, text: str, colour: str) -> None:
    style = {"boxstyle": "round,pad=0.45", "facecolor": "#ffffff", "edgecolor": colour}
    axes.text(x, y, text, ha="center", va="center", color=INK, bbox=style, fontsize=10)


def line(axes: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    axes.plot(*zip(start, end, strict=True), color=WIRE, lw=1.6, zorder=0)


def draw_one(axes: Any, *, broker: bool) -> None:
    for name, x in CLIENTS.items():
        process = PROCESSES["process 2" if name == "Mary" else "process 1"]
        line(axes, (x, 0), (process, 1))
        deaf = name == "Mary" and not broker
        says = {"Ada": "Ada speaks", "Grace": "Grace hears"}.get(name, "Mary hears")
        box(axes, x, 0, "Mary: nothing" if deaf else says, DEAF if deaf else HEARD)
    for name, x in PROCESSES.items():
        box(axes, x, 1, name, WIRE)
        if broker:
            line(axes, (x, 1), (1.85, 2))
    if broker:
        box(axes, 1.85, 2, "Redis: publish, subscribe", WIRE)
    axes.set_title("with a broker" if broker else "without a broker", color=INK)
    axes.set(xlim=(-0.5, 3.6), ylim=(-0.4, 2.4))
    axes.axis("off")


def draw() -> Figure:
    figure = Figure(figsize=(10, 2.8))
    for axes, broker in zip(figure.subplots(1, 2), (False, True), strict=True):
        draw_one(axes, broker=broker)
    return figure
