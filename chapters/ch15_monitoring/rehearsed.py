"""A question in PromQL, asked of made-up series: by promtool where it is installed.

Used by exercises.py. Without promtool the little Prometheus answers.
"""

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from chapters.ch15_monitoring.little.reading import Reader
from chapters.ch15_monitoring.little.store import Key, Point
from chapters.ch15_monitoring.little.words import Unread

STEP, STEPS = 15, 20  # seconds between two scrapes, and how many
# A little later than the last: Prometheus 2 counts a window's first moment, 3 does not.
NOW = STEP * STEPS + 7
METRIC = "observatory_http_requests_total"
LITTLE = "I am the little one, and read a part of PromQL: install prometheus for all"
Made = Mapping[tuple[str, str], Sequence[int]]  # route, status: a value each scrape


class Unreadable(ValueError):
    """Prometheus does not understand the question; the message is its own."""


def answer(query: str, series: Made) -> dict[str, float]:
    """The value of each route, seven seconds after the last scrape."""
    if tool := shutil.which("promtool"):
        return by_promtool(tool, query, series)
    return by_hand(query, series)


def by_hand(query: str, series: Made) -> dict[str, float]:
    points: dict[Key, list[Point]] = {
        (("__name__", METRIC), ("route", route), ("status", status)): [
            (float(n * STEP), float(value)) for n, value in enumerate(values)
        ]
        for (route, status), values in series.items()
    }
    try:
        reader = Reader(query, points, float(NOW))
        found = reader.binary()
        if reader.words:
            raise Unread(f"I do not understand {' '.join(reader.words)!r}")
    except (Unread, AssertionError, KeyError, TypeError, ValueError) as error:
        said = str(error) or "this is no question to me"
        raise Unreadable(f"{said} ({LITTLE})") from error
    vector = found if isinstance(found, list) else [({}, found)]
    return {labels.get("route", ""): value for labels, value in vector}


def by_promtool(tool: str, query: str, series: Made) -> dict[str, float]:
    """promtool compares with nothing, and so tells what it got."""
    made = [
        {
            "series": f'{METRIC}{{route="{route}", status="{status}"}}',
            "values": " ".join(map(str, values)),
        }
        for (route, status), values in series.items()
    ]
    asked = {"expr": query, "eval_time": f"{NOW}s"}
    interval = f"{STEP}s"
    test = {"interval": interval, "input_series": made, "promql_expr_test": [asked]}
    with TemporaryDirectory() as folder:
        file = Path(folder, "asked.yml")
        file.write_text(yaml.safe_dump({"tests": [test]}), "utf-8")
        command = [tool, "test", "rules", str(file)]
        done = subprocess.run(command, capture_output=True, text=True)
    said = done.stdout + done.stderr
    if trouble := re.search(r"err: (.*)", said):
        raise Unreadable(trouble[1].strip().strip('"'))
    got = said.partition("got:")[2]
    found = re.findall(r"\{([^}]*)\} (NaN|[-+]?Inf|[-+.\dE]+)", got)
    return {route_in(labels): float(value) for labels, value in found}


def route_in(labels: str) -> str:
    found = re.search(r'route="([^"]*)"', labels)
    return found[1] if found else ""
