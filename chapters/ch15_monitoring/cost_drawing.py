"""The cost of each layer as bars. Run: draw(measure()).savefig("cost.png")"""

from matplotlib.figure import Figure

from chapters.ch15_monitoring.drawings import BLUE, GREEN, GREY, INK, blank


def draw(found: dict[str, float]) -> Figure:
    """What each layer adds to the bare application, in microseconds."""
    figure, axes = blank(8, 2.6)
    added = {name: spent - found["nothing"] for name, spent in found.items()}
    del added["nothing"]
    colours = [GREEN if name == "log and metrics" else BLUE for name in added]
    axes.barh(list(added), list(added.values()), color=colours)
    axes.axvline(100, color=GREY, ls="--")
    axes.text(102, 0, "the bar: 100 µs", va="center", color=INK, fontsize=9)
    end = 1.02 * max(added.values())  # one column, clear of the dashed line
    for row, spent in enumerate(added.values()):
        axes.text(end, row, f"{spent:.0f} µs", va="center", color=INK)
    axes.set_yticks(range(len(added)), list(added))
    axes.tick_params(length=0, colors=INK)
    axes.invert_yaxis()
    axes.set_title("processor time that is added to a request", color=INK, fontsize=10)
    return figure
