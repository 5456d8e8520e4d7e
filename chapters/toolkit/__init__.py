"""What a notebook says: `from chapters.toolkit import launch, show, check`.

Nothing but the standard library is loaded until a name is first used.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chapters.toolkit.checks import check, hint, progress
    from chapters.toolkit.processes import LaunchError, launch
    from chapters.toolkit.races import race, race_async
    from chapters.toolkit.services import services
    from chapters.toolkit.show import expect, picture, show, source, table

__all__ = [
    "LaunchError",
    "check",
    "expect",
    "hint",
    "launch",
    "picture",
    "progress",
    "race",
    "race_async",
    "services",
    "show",
    "source",
    "table",
]

_HOME = {
    "LaunchError": "processes",
    "check": "checks",
    "expect": "show",
    "hint": "checks",
    "launch": "processes",
    "picture": "show",
    "progress": "checks",
    "race": "races",
    "race_async": "races",
    "services": "services",
    "show": "show",
    "source": "show",
    "table": "show",
}


class _Toolkit(ModuleType):
    """`show` and `services` are modules here as well: the functions win."""

    def __setattr__(self, name: str, value: object) -> None:
        if isinstance(value, ModuleType) and _HOME.get(name) == name:
            value = getattr(value, name)
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Toolkit


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(
            f"the toolkit has no {name!r}; it has {', '.join(__all__)}"
        )
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
