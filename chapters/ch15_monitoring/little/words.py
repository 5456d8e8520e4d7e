"""The words that a question in PromQL is made of."""

import operator
import re
from collections.abc import Callable
from typing import Any

from chapters.ch15_monitoring.little.functions import Labels

STALE = 300.0  # seconds after which a series' last value no longer counts
SIGN = r"=~|!~|!=|==|>=|<=|[-+*/<>=(){}\[\],]"
TEXT = r"""(["'`])(?:.*?)\2"""
WORD = rf"(\d+[a-z]+|[\d.]+|[A-Za-z_:][\w:]*|{TEXT}|{SIGN})"
TOKEN = re.compile(rf"(?:\s|#.*)*(?:{WORD}|\Z)")  # blanks and comments before it
LEVELS = (("or",), ("==", ">", "<", ">=", "<="), ("+", "-"), ("*", "/"))
MATCHES: dict[str, Callable[[str, str], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "=~": lambda value, pattern: re.fullmatch(pattern, value),
    "!~": lambda value, pattern: not re.fullmatch(pattern, value),
}
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def seconds(text: str) -> float:
    """`250ms`, `5s`, `1m`."""
    return float(text.rstrip("msh")) * UNITS[text.lstrip("0123456789")]


def split(query: str) -> list[str]:
    """A question's words and signs, from left to right."""
    found: list[str] = []
    at = 0
    while token := TOKEN.match(query, at):
        if token[1] is None:
            return found
        found.append(token[1])
        at = token.end()
    raise Unread(f"I do not understand {query[at:]!r}")


def text(word: str) -> str:
    """What a matcher compares with, out of its quotes."""
    if word[:1] not in ('"', "'", "`"):
        raise Unread(f"I expected a text in quotes, and not {word!r}")
    inside = word[1:-1]
    return inside if word[0] == "`" else inside.replace("\\\\", "\\")


def without_name(labels: Labels) -> Labels:
    """What is computed from a series is another one, and has no name."""
    return {name: value for name, value in labels.items() if name != "__name__"}


class Unread(ValueError):
    """A question in a PromQL that is not this one."""
