"""Count which lines of chapters/ a process runs. Python runs this at its start.

The gates put this folder on the path and say in COVERAGE_LINES where each process is to
leave what it has counted. SlipCover puts a probe before each line of our modules when
they are loaded (https://doi.org/10.1145/3597926.3598128). A trace function, which
CPython 3.11 asks in every library too, makes the tests take nearly twice as much work.

SlipCover 1.1 overlooks a `finally` of one line that is reached by an exception only.
"""

import atexit
import json
import os
import runpy
import signal
import time
from functools import cache
from importlib.machinery import SourceFileLoader
from importlib.util import find_spec
from pathlib import Path
from threading import RLock
from types import CodeType, FrameType, ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slipcover import Slipcover

OURS = os.environ.get("COVERAGE_SOURCE", "")
FOLDER = os.environ.get("COVERAGE_LINES", "")
LOADERS = ("_pytest.assertion.rewrite", "chapters.ch09_testing.exam.flaws")
LOADING = RLock()
get_code = SourceFileLoader.get_code
exec_module = SourceFileLoader.exec_module
leave = os._exit


@cache
def counter() -> "Slipcover":
    from slipcover import Slipcover

    return Slipcover(d_miss_threshold=-1)  # a probe costs less than taking it away


def counted(code: CodeType) -> CodeType:
    """The code, with a probe before each line if it is one of ours."""
    if not os.path.normpath(code.co_filename).startswith(OURS + os.sep):
        return code
    if "__slipcover__" in code.co_consts:
        return code  # it has its probes
    with LOADING:
        probed: CodeType = counter().instrument(code)
    return probed


def get_counted_code(loader: SourceFileLoader, name: str) -> CodeType | None:
    code = get_code(loader, name)
    return code and counted(code)


def run(code: CodeType, names: dict[str, object]) -> None:
    """In place of exec, in modules that load others in ways of their own."""
    exec(counted(code), names)


def exec_module_and_more(loader: SourceFileLoader, module: ModuleType) -> None:
    exec_module(loader, module)
    if module.__name__ in LOADERS:
        vars(module)["exec"] = run


def keep() -> None:
    """Leave what was counted until now; in a file that is there as a whole or not."""
    if not counter.cache_info().currsize:
        return  # nothing of ours was loaded
    lines: dict[str, list[int]] = {}
    for file, found in list(counter().newly_seen.items()):
        lines.setdefault(os.path.normpath(file), []).extend(found)
    if lines:
        name = f"{os.getpid()}-{time.time_ns()}"
        (half := Path(FOLDER, f"{name}.half")).write_text(json.dumps(lines), "utf-8")
        half.rename(half.with_suffix(".json"))


def keep_and_leave(status: int) -> None:
    """In place of os._exit, by which the children of a pool end."""
    keep()
    leave(status)


def keep_and_end(number: int, frame: FrameType | None) -> None:
    """Told to stop, a process that has nothing to say about it stops at once."""
    keep()
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


if FOLDER and find_spec("slipcover"):  # not in a Python other than the course's
    SourceFileLoader.get_code = get_counted_code
    SourceFileLoader.exec_module = exec_module_and_more
    vars(runpy)["exec"] = run
    os._exit = keep_and_leave
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, keep_and_end)
    atexit.register(keep)
