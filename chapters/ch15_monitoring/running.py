"""Run a lesson and show what it printed, without what differs between runs.

Used by the notebook: run("first_line"), feed(server), feeds(server).
"""

import json
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parents[2]
ADDRESS = re.compile(r" at 0x[0-9a-f]+")
ID = re.compile(r"\b[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}\b")
TIME = re.compile(r"(\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d\.\d{3}(\+00:00)?")


def timeless(text: str) -> str:
    return ADDRESS.sub("", TIME.sub("TIME", text))


def pick(text: str, *wanted: str) -> None:
    """Print the lines that hold one of these, without times."""
    for line in text.splitlines():
        if any(word in line for word in wanted):
            print(timeless(line))


def pick_json(lines: list[str], *keys: str) -> None:
    """Print some fields of each line of a JSON log; of long texts, the beginning."""
    for line in lines:
        said = json.loads(line)
        print("  ".join(ID.sub("ID", str(said.get(key, ""))) for key in keys).rstrip())


def kill(process: Any) -> None:
    """As a machine does that runs out of memory: at once, and all of the family."""
    boss = psutil.Process(process.pid)
    for one in [*boss.children(recursive=True), boss]:
        with suppress(psutil.NoSuchProcess):  # it went when its neighbour did
            one.kill()


def run(module: str, *arguments: str) -> str:
    """Both streams, in their order; frames of Python's own starter left out."""
    command = [sys.executable, "-m", f"chapters.ch15_monitoring.{module}", *arguments]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    done = subprocess.run(command, cwd=ROOT, text=True, encoding="utf-8", **pipes)
    text = timeless(done.stdout.strip())
    text = text.replace(f"{ROOT}/", "")
    return re.sub(r'  File "<frozen runpy>", line \d+, in .*\n+', "", text)


def feed(server: Any) -> int:
    """Ask until two processes have counted, a dozen times at least; how often."""
    pids: set[int] = set()
    count = 0
    while len(pids) < 2 or count < 12:
        pids.add(server.post("/feeds").json())
        count += 1
    return count


def feeds(server: Any) -> float:
    """What /metrics says, whoever answered."""
    text = server.get("/metrics").text
    found = re.search(r"^observatory_feeds_total (\S+)", text, re.MULTILINE)
    return float(found[1]) if found else 0.0
