"""Draw who worked when: one row a station, one bar a stretch of work.

Try: draw({"blocked": spans}), with the spans of threads.develop_all
"""

from matplotlib.figure import Figure

Span = tuple[str, float, float]


def draw(scenes: dict[str, list[Span]]) -> Figure:
    figure = Figure(figsize=(7, 2.2), layout="constrained")
    panels = figure.subplots(1, len(scenes), squeeze=False, sharex=True)[0]
    for axes, (title, spans) in zip(panels, scenes.items(), strict=True):
        zero = min(start for _, start, _ in spans)
        for row, (_, start, end) in enumerate(spans):
            axes.barh(row, end - start, 0.6, start - zero, color="#4f86c6")
        axes.set_yticks(range(len(spans)), [name for name, *_ in spans])
        axes.set(title=title, xticks=[], xlabel="time")
        axes.invert_yaxis()
        axes.spines[["top", "right"]].set_visible(False)
    return figure
