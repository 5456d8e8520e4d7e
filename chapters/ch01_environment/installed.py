"""Compare what the lock promises with what is installed.

Try: python installed.py requirements/course.lock
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version


@dataclass(frozen=True)
class Drift:
    missing: list[str]
    different: list[str]
    unlocked: list[str]


def locked(text: str) -> Iterator[tuple[str, Version]]:
    """Yield name and version of each line that applies to this machine."""
    for line in re.findall(r"^\w[^\\\n]*", text, flags=re.MULTILINE):
        wanted = Requirement(line.strip())
        if wanted.marker is None or wanted.marker.evaluate():
            (pin,) = wanted.specifier
            yield canonicalize_name(wanted.name), Version(pin.version)


def installed() -> dict[str, Version]:
    return {
        canonicalize_name(found.name): Version(found.version)
        for found in metadata.distributions()
    }


def compare(text: str) -> Drift:
    promised, real = dict(locked(text)), installed()
    both = promised.keys() & real.keys()
    return Drift(
        missing=sorted(promised.keys() - real.keys()),
        different=sorted(name for name in both if promised[name] != real[name]),
        unlocked=sorted(real.keys() - promised.keys()),
    )


if __name__ == "__main__":
    print(compare(Path(sys.argv[1]).read_text()))
