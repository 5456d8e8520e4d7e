"""Count no lines while a library is imported: a process starts in half the time.

Python runs this at its start where the gates measure: they put this folder on the path.
CPython 3.11 looks at every instruction while a trace function is set, and a process of
ours runs far more of them to import FastAPI or torch than it then runs of the chapters.
"""

import sys
import sysconfig
from importlib.machinery import SourceFileLoader
from types import ModuleType

LIBRARIES = (sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"))
execute = SourceFileLoader.exec_module


def exec_module(loader: SourceFileLoader, module: ModuleType) -> None:
    """As Python does it; not traced if the module is not ours."""
    trace = sys.gettrace()
    if trace is None or not str(loader.path).startswith(LIBRARIES):
        return execute(loader, module)
    sys.settrace(None)
    try:
        return execute(loader, module)
    finally:
        sys.settrace(trace)


SourceFileLoader.exec_module = exec_module  # type: ignore[method-assign]
