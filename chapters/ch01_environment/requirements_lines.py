"""Read a line of dependencies: name, extras, versions, and for whom it applies.

Try: python requirements_lines.py 'fastapi[standard]>=0.165'
"""

import sys
from dataclasses import dataclass

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


@dataclass(frozen=True)
class Line:
    name: str
    extras: tuple[str, ...]
    versions: str
    marker: str


def read(text: str) -> Line:
    wanted = Requirement(text)
    return Line(
        name=canonicalize_name(wanted.name),
        extras=tuple(sorted(wanted.extras)),
        versions=str(wanted.specifier) or "any",
        marker=str(wanted.marker or "always"),
    )


def applies(text: str, python: str | None = None, system: str | None = None) -> bool:
    """Tell whether a line counts: here, or on another Python or system."""
    elsewhere: dict[str, str] = {}
    if python:
        feature = ".".join(python.split(".")[:2])
        elsewhere |= {"python_version": feature, "python_full_version": python}
    if system:
        elsewhere["sys_platform"] = system
    marker = Requirement(text).marker
    return marker is None or marker.evaluate(elsewhere)


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        print(read(argument))
