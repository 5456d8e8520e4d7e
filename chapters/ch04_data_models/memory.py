"""How much memory an instance takes: make many, and ask what the allocator gave out.

Try: bytes_each(lambda: Sighting(**ROW)), with Sighting and ROW of plain_classes.py
"""

import tracemalloc
from collections.abc import Callable

from matplotlib.figure import Figure

INK, BAR = "#222831", "#4f86c6"


# `sys.getsizeof` would see the instance, and nothing of what hangs on it.
def bytes_each(make: Callable[[], object], number: int = 2000) -> float:
    make()  # what is made once, for the class, is not the instance's
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    kept = [make() for _ in range(number)]
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (after - before) / len(kept)


def draw(sizes: dict[str, float]) -> Figure:
    """One bar a kind, as a multiple of the smallest."""
    smallest = min(sizes.values())
    ratios = [size / smallest for size in sizes.values()]
    figure = Figure(figsize=(7, 0.6 + 0.45 * len(sizes)))
    axes = figure.subplots()
    axes.barh(list(sizes), ratios, 0.6, color=BAR)
    for row, ratio in enumerate(ratios):
        axes.text(ratio, row, f" {ratio:.2g}×", va="center", color=INK)
    axes.set(xlim=(0, 1.15 * max(ratios)), xticks=[])
    axes.set_title("Memory of an instance", color=INK)
    axes.tick_params(axis="y", length=0, colors=INK)
    axes.invert_yaxis()
    axes.spines[:].set_visible(False)
    axes.set_facecolor("none")
    return figure
