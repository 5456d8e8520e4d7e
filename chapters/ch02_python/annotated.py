"""`Annotated` carries facts beside a type, and a program can read them as it runs.

Try: python -i -m chapters.ch02_python.annotated
This is FastAPI in twelve lines: a function's signature is its input form.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar, get_args, get_type_hints

R = TypeVar("R")


@dataclass(frozen=True)
class AtLeast:
    limit: int


Count = Annotated[int, AtLeast(1)]


def report(species: str, count: Count) -> str:
    return f"{count} x {species}"


def call_with_text(function: Callable[..., R], **texts: str) -> R:
    """Convert each text to the annotated type, hold it against its facts, call."""
    values = {}
    hints = get_type_hints(function, include_extras=True)
    for name, text in texts.items():
        kind, *facts = get_args(hints[name]) or (hints[name],)
        values[name] = kind(text)
        for fact in facts:
            if values[name] < fact.limit:
                raise ValueError(f"{name} should be at least {fact.limit}")
    return function(**values)
