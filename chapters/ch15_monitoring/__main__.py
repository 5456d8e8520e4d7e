"""Chapter 14's system, watched, and the lessons: python -m chapters.ch15_monitoring

REDIS_URL and what chapter 14 needs come from the environment. WATCH_HOST=0.0.0.0 lets
a Prometheus on another machine ask.
"""

import os
import signal
import subprocess
import sys
import time

from chapters.ch12_prediction_api.service.settings import Settings as Penguins
from chapters.ch12_prediction_api.service.training import provide

HERE = "chapters.ch15_monitoring"
API, LESSONS, WORKER = "8015", "8115", "9191"  # as in deploy/prometheus.yml
LOCAL = "127.0.0.1"  # so is this


def commands(host: str) -> list[list[str]]:
    uvicorn = ["-m", "uvicorn", "--host", host, "--port"]
    work = ["-m", f"{HERE}.watched.work", f"{HERE}.watched.worker", WORKER]
    one = ["--threads", "1"]  # a pipeline draws one picture at a time
    return [
        [*uvicorn, API, f"{HERE}.watched.app:app"],
        [*uvicorn, LESSONS, f"{HERE}.app:app"],
        [*work, *one],
    ]


def run(host: str) -> int:
    """Run all three until one of them ends; its exit code."""
    running: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands(host):
            running.append(subprocess.Popen([sys.executable, *command]))
        while not (ended := [one for one in running if one.poll() is not None]):
            time.sleep(0.2)
        return int(ended[0].returncode)
    finally:
        for one in running:
            one.terminate()
        for one in running:
            one.wait()


if __name__ == "__main__":
    # Told to end, we end by an exception, so that `run` ends the others.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    host = os.environ.get("WATCH_HOST", LOCAL)
    os.environ.setdefault("WATCH_METRICS_TOKEN", "course-metrics")
    os.environ.setdefault("dramatiq_prom_host", host)
    provide(Penguins().models)
    sys.exit(run(host))
