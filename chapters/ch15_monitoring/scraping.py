"""The deployed configuration, in a hurry: other targets, seconds for minutes.

Used by the notebook and the tests: configure(folder, api=8000, worker=9191).
"""

import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from chapters.ch15_monitoring.little.server import LittlePrometheus
from chapters.ch15_monitoring.panels import PANELS, WINDOW
from chapters.ch15_monitoring.promql import Prometheus, Series

Asked = Prometheus | LittlePrometheus

DEPLOY = Path(__file__).parent / "deploy"
PACE = "250ms"
PATIENCE = 45.0  # seconds


def configure(folder: Path, token: str, **ports: int) -> Path:
    """Write prometheus.yml and rules.yml into the folder; a job without a port goes."""
    config = yaml.safe_load((DEPLOY / "prometheus.yml").read_text("utf-8"))
    config["global"] = {"scrape_interval": PACE, "evaluation_interval": PACE}
    jobs = [job for job in config["scrape_configs"] if job["job_name"] in ports]
    for job in jobs:
        port = ports[job["job_name"]]
        job["static_configs"] = [{"targets": [f"127.0.0.1:{port}"]}]
    config["scrape_configs"] = jobs
    (folder / "rules.yml").write_text(hurried_rules(), "utf-8")
    (folder / "metrics-token").write_text(token, "utf-8")
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config), "utf-8")
    return folder / "prometheus.yml"


def hurried_rules() -> str:
    """A minute of the rules is five seconds here, and patience is one second."""
    rules = (DEPLOY / "rules.yml").read_text("utf-8")
    return re.sub(r"\bfor: \w+", "for: 1s", rules).replace("[1m]", "[5s]")


def command(config: Path) -> list[str]:
    """How Prometheus is started; {port} is a free one. Debian's package has it."""
    return [
        "prometheus",
        f"--config.file={config}",
        f"--storage.tsdb.path={config.parent / 'data'}",
        "--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    ]


def installed() -> bool:
    return shutil.which("prometheus") is not None


def little(token: str, **ports: int) -> LittlePrometheus:
    """Where Prometheus is missing."""
    targets = {job: f"http://127.0.0.1:{port}" for job, port in ports.items()}
    return LittlePrometheus(targets, token, hurried_rules())


def nothing() -> None:
    """Nobody comes meanwhile."""


def until(
    true: Callable[[], object], meanwhile: Callable[[], object] = nothing
) -> None:
    """Ask again and again, while visitors come."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"it did not happen within {PATIENCE:g} s")
        meanwhile()
        time.sleep(0.05)


def numbers(prometheus: Asked, query: str) -> list[Series]:
    """The answers that are numbers: 0/0 is none."""
    found = prometheus.instant(query.replace(WINDOW, "5s"))
    return [one for one in found if one.value == one.value]


def patiently(
    prometheus: Asked, query: str, meanwhile: Callable[[], object] = nothing
) -> list[Series]:
    """The answer, once there is one: a rate needs two scrapes."""
    until(lambda: numbers(prometheus, query), meanwhile)
    return numbers(prometheus, query)


def until_answered(
    prometheus: Asked, meanwhile: Callable[[], object], least: float = 3.0
) -> None:
    """Until every question of the dashboard has an answer; some seconds at least."""
    asked = [query for panel in PANELS for query, _ in panel.queries]
    begun = time.monotonic()
    until(lambda: time.monotonic() - begun > least, meanwhile)
    until(lambda: all(numbers(prometheus, one) for one in asked), meanwhile)


def until_alert(prometheus: Asked, name: str, state: str) -> None:
    until(lambda: prometheus.alerts().get(name, "") == state)


def until_series(prometheus: Asked, wanted: dict[str, int]) -> None:
    """Until each question has so many answers: a rate needs two scrapes of each."""
    until(lambda: all(len(prometheus.instant(q)) == n for q, n in wanted.items()))
