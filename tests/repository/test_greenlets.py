"""What keeps coverage from hanging: no measured greenlet dies with its thread.

The hang itself comes about once in ten seconds of threads that end together.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CROWD = """
import threading, time
from tests import greenlets

def work():
    time.sleep(0.001)

greenlets.keep()
for _ in range(40):
    crowd = [threading.Thread(target=work) for _ in range(40)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
print(len(greenlets.kept) if threading.gettrace() else "not traced")
"""


def test_each_thread_that_is_measured_leaves_its_greenlet(tmp_path: Path) -> None:
    (tmp_path / "crowd.py").write_text(CROWD, encoding="utf-8")
    settings = ["--concurrency=thread,greenlet", "--data-file=data", "--rcfile="]
    run = [sys.executable, "-m", "coverage", "run", *settings, "crowd.py"]
    outer = ("COVERAGE_", "COV_CORE_")
    env = {k: v for k, v in os.environ.items() if not k.startswith(outer)}
    env |= {"PYTHONPATH": str(ROOT), "COVERAGE_CORE": "ctrace"}
    done = subprocess.run(
        run, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "1600\n", done.stderr


def test_nothing_is_kept_where_nothing_is_traced() -> None:
    run = [sys.executable, "-c", CROWD]
    env = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")}
    env["PYTHONPATH"] = str(ROOT)
    done = subprocess.run(run, env=env, capture_output=True, text=True, timeout=60)
    assert done.stdout == "not traced\n", done.stderr
