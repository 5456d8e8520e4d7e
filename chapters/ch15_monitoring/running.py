"""Run a lesson and show what it printed, without what differs between runs.

Used by the notebook: run("first_line"), feed(server), feeds(server).
"""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}")


def run(module: str, *arguments: str) -> str:
    """Both streams, in their order; frames of Python's own starter left out."""
    command = [sys.executable, "-m", f"chapters.ch15_monitoring.{module}", *arguments]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    done = subprocess.run(command, cwd=ROOT, text=True, encoding="utf-8", **pipes)
    text = TIME.sub("2026-11-24 06:00:00.000", done.stdout.strip())
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
