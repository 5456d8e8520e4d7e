"""One trace as a timeline: who worked when, and where the time went.

Used by the notebook and the tests: spans of a file, and their picture.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from matplotlib.figure import Figure

from chapters.ch15_monitoring.drawings import AMBER, BLUE, GREEN, GREY, INK, blank

COLOURS = {"api": BLUE, "worker": GREEN}


@dataclass(frozen=True)
class Span:
    name: str
    service: str
    trace: str
    id: str
    parent: str | None
    start: float  # seconds since 1970
    end: float


def read_span(line: str) -> Span:
    said = json.loads(line)
    times = [datetime.fromisoformat(said[key]) for key in ("start_time", "end_time")]
    start, end = (one.timestamp() for one in times)
    about, where = said["context"], said["resource"]["attributes"]["service.name"]
    ids = about["trace_id"], about["span_id"], said["parent_id"]
    return Span(said["name"], where, *ids, start, end)


def traces(file: Path) -> dict[str, list[Span]]:
    """The spans of each trace, in the order in which they began."""
    found: dict[str, list[Span]] = {}
    lines = file.read_text("utf-8").splitlines()
    for span in sorted(map(read_span, lines), key=lambda span: span.start):
        found.setdefault(span.trace, []).append(span)
    return found


def whole(file: Path) -> list[Span]:
    """The latest trace that has gone through the worker: a service after the other."""
    for spans in reversed(traces(file).values()):
        if len({span.service for span in spans}) > 1:
            return sorted(spans, key=lambda span: span.service)
    return []


def depth(span: Span, spans: list[Span]) -> int:
    parent = next((one for one in spans if one.id == span.parent), None)
    return 0 if parent is None else 1 + depth(parent, spans)


def timeline(spans: list[Span]) -> Figure:
    figure, axes = blank(9, 0.6 + 0.32 * len(spans))
    zero = spans[0].start
    for row, span in enumerate(spans):
        start, length = (span.start - zero) * 1e3, (span.end - span.start) * 1e3
        colour = COLOURS.get(span.service.rpartition("-")[2], AMBER)
        axes.barh(row, max(length, 0.15), left=start, color=colour, height=0.6)
    width = (max(span.end for span in spans) - zero) * 1e3
    names = [f"{'  ' * depth(s, spans)}{s.name} ({s.service})" for s in spans]
    axes.set_yticks(range(len(spans)), names, ha="left", fontfamily="DejaVu Sans Mono")
    axes.tick_params(axis="y", pad=260, length=0, labelsize=8, colors=INK)
    sent = next((s for s in spans if s.name.startswith("send")), None)
    done = next((s for s in spans if s.name.startswith("process")), None)
    if sent and done:
        ends = (sent.end - zero) * 1e3, (done.start - zero) * 1e3
        row = spans.index(done)
        axes.plot(ends, [row, row], color=GREY, lw=2, ls=":")
        words = {"ha": "right", "va": "center", "color": INK, "fontsize": 7}
        axes.text(ends[0] - width / 100, row, "in the queue", **words)
    axes.invert_yaxis()
    axes.set_xticks([0, width / 2, width], ["0", "", f"{width:.0f} ms"], color=INK)
    axes.set_xlim(0, width * 1.05)
    return figure
