"""What each layer costs, in microseconds of processor time a request.

Run: python -m chapters.ch15_monitoring.cost   (prints a table; ROUNDS REQUESTS)
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from loguru import logger
from starlette.types import ASGIApp, Message, Scope

from chapters.ch15_monitoring.layers import LAYERS
from chapters.ch15_monitoring.watched.logger import configure
from chapters.ch15_monitoring.watched.settings import Settings

ROOT = Path(__file__).parents[2]
SCOPE: Scope = {
    "type": "http",
    "asgi": {"version": "3.0"},
    "http_version": "1.1",
    "method": "GET",
    "path": "/ping",
    "raw_path": b"/ping",
    "root_path": "",
    "scheme": "http",
    "query_string": b"",
    "headers": [(b"host", b"reserve")],
    "client": ("127.0.0.1", 1),
    "server": ("127.0.0.1", 80),
}


async def send(message: Message) -> None:
    return None


async def microseconds(app: ASGIApp, requests: int) -> float:
    """Processor time, not the clock's: what else the machine does is not in it."""
    receive = asyncio.Queue[Message]().get  # nobody sends a body
    start = time.process_time()
    for _ in range(requests):
        await app({**SCOPE, "headers": [*SCOPE["headers"]]}, receive, send)
    return (time.process_time() - start) / requests * 1e6


def measure(rounds: int = 15, requests: int = 300) -> dict[str, float]:
    """Each layer's best round; all layers once a round, so that all meet the same."""
    apps = {name: make() for name, make in LAYERS.items()}
    found = {name: float("inf") for name in apps}
    with TemporaryDirectory() as folder:
        configure(Settings(log_file=Path(folder, "requests.log")))
        for _ in range(rounds):
            for name, app in apps.items():
                spent = asyncio.run(microseconds(app, requests))
                found[name] = min(found[name], spent)
        logger.remove()
    return found


def apart(rounds: int = 15, requests: int = 300) -> dict[str, float]:
    """Measured in a process that does nothing else."""
    asked = [str(rounds), str(requests), "json"]
    command = [sys.executable, "-m", "chapters.ch15_monitoring.cost", *asked]
    # Where lines are counted for a report of coverage, each costs double.
    env = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")}
    done = subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main(rounds: str = "15", requests: str = "300", form: str = "table") -> None:
    found = measure(int(rounds), int(requests))
    if form == "json":
        print(json.dumps(found))
        return
    for name, spent in found.items():
        print(f"{name:24} {spent:6.0f} µs  {spent - found['nothing']:+6.0f}")


if __name__ == "__main__":
    os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)
    main(*sys.argv[1:])
