"""A decorator takes a function and gives one back: `@counted` above `def`.

Try: python -i -m chapters.ch02_python.decorators
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

CALLS: dict[str, int] = {}
ROUTES: dict[str, Callable[[], str]] = {}


def counted(function: Callable[P, R]) -> Callable[P, R]:
    @wraps(function)  # keeps the name and the docstring
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        CALLS[function.__name__] = CALLS.get(function.__name__, 0) + 1
        return function(*args, **kwargs)

    return wrapper


def route(path: str) -> Callable[[Callable[[], str]], Callable[[], str]]:
    """With an argument it is one level deeper. `@app.get("/otters")` is this."""

    def register(function: Callable[[], str]) -> Callable[[], str]:
        ROUTES[path] = function
        return function

    return register


@counted
def weigh(grams: int) -> str:
    """Weigh one shrew."""
    return f"{grams} g"


@route("/otters")
def otters() -> str:
    return "three otters"
