"""What FastAPI works out when it reads a route: a graph, as pairs and as a picture.

Try: draw(tree_of(app, "/sightings")), with an app of yours that has this path
"""

from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from matplotlib.figure import Figure

Layers = list[list[str]]
INK, PANEL, LINE = "#222831", "#dbe7f5", "#4f86c6"


def tree_of(app: FastAPI, path: str) -> Dependant:
    """The tree that FastAPI made of this path's function when it was declared."""
    routes = [r for r in app.routes if isinstance(r, APIRoute)]
    return next(r.dependant for r in routes if r.path == path)


def name_of(node: Dependant) -> str:
    return getattr(node.call, "__name__", "?")


def edges(node: Dependant) -> list[tuple[str, str]]:
    """(who asks, what it asks for), in the order in which FastAPI meets them."""
    found = []
    for child in node.dependencies:
        found += [(name_of(node), name_of(child)), *edges(child)]
    return list(dict.fromkeys(found))


def layers(node: Dependant) -> Layers:
    """Names by their longest way from the route: each asks only for later layers."""
    depth = {name_of(node): 0}
    pairs = edges(node)
    for _ in pairs:
        for asker, asked in pairs:
            depth[asked] = max(depth.get(asked, 0), depth.get(asker, 0) + 1)
    deepest = max(depth.values())
    return [[n for n, d in depth.items() if d == level] for level in range(deepest + 1)]


def draw(node: Dependant) -> Figure:
    """The graph; an arrow goes from a function to what it asks for."""
    levels = layers(node)
    places = {
        name: ((column + 1) / (len(level) + 1), -row)
        for row, level in enumerate(levels)
        for column, name in enumerate(level)
    }
    figure = Figure(figsize=(7, 1.0 + len(levels)))
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(0.5 - len(levels), 0.5)
    box = {"boxstyle": "round,pad=0.5", "facecolor": PANEL, "edgecolor": LINE}
    words: dict[str, Any] = {"ha": "center", "va": "center", "color": INK, "bbox": box}
    arrow = {"arrowstyle": "->", "color": LINE, "shrinkA": 0, "shrinkB": 18, "lw": 1.5}
    for asker, asked in edges(node):
        axes.annotate("", places[asked], places[asker], arrowprops=arrow)
    for name, (x, y) in places.items():
        axes.text(x, y, name, family="monospace", **words)
    return figure
