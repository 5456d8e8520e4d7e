"""What was measured, as pictures. Run: progress([(0, 0), (1, 99)]).savefig("p.png")"""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from chapters.ch14_text_to_image.drawings import AMBER, BLUE, GREEN, INK
from chapters.ch14_text_to_image.race import Lap


def progress(series: Sequence[tuple[float, int]]) -> Figure:
    """Percent over seconds, as the events told it."""
    figure = Figure(figsize=(7, 2.6))
    axes = figure.subplots()
    axes.step(*zip(*series, strict=True), where="post", color=BLUE, lw=2)
    axes.set(ylabel="percent", xlabel="seconds since the first event")
    axes.set_facecolor("none")
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def standings(measured: Mapping[str, Lap]) -> Figure:
    """Two columns of bars: what is done, and who waits."""
    figure = Figure(figsize=(9, 2.6))
    left, right = figure.subplots(1, 2, sharey=True)
    rows = list(measured)
    columns = (
        (left, [measured[way].per_second for way in rows], "jobs a second", GREEN),
        (right, [measured[way].last_waits for way in rows], "longest wait, s", AMBER),
    )
    for axes, values, title, colour in columns:
        axes.barh(rows, values, color=colour)
        axes.set_title(title, color=INK, fontsize=10)
        axes.set_facecolor("none")
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0, colors=INK)
        axes.set_xlim(0, 1.2 * max(values))
        axes.bar_label(axes.containers[0], fmt=" %.1f", color=INK, fontsize=9)
    left.invert_yaxis()
    return figure
