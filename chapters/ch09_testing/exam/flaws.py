"""A copy of a module that is different in one place; the module stays as it is.

Try: variant(counts, Flaw("subtracts", "adults + self", "adults - self")).app
"""

import inspect
from dataclasses import dataclass
from functools import cache
from types import CodeType, ModuleType


@dataclass(frozen=True)
class Flaw:
    """One place that is different, and what the app then does; by default none."""

    does: str = ""
    old: str = ""
    new: str = ""


def variant(module: ModuleType, flaw: Flaw) -> ModuleType:
    """A fresh copy of a module, with one flaw."""
    text = inspect.getsource(module)
    if flaw.old and text.count(flaw.old) != 1:
        raise ValueError(f"{flaw.old!r} stands {text.count(flaw.old)} times in it")
    copy = ModuleType(module.__name__)
    name = "<a broken copy>" if flaw.old else inspect.getfile(module)
    exec(compiled(text.replace(flaw.old, flaw.new), name), copy.__dict__)
    return copy


@cache
def compiled(text: str, name: str) -> CodeType:
    """Each test asks for a fresh app, of the same text as the last one."""
    return compile(text, name, "exec")
