"""Why did `import` find what it found? Try: python imports.py json fastapi kestrel"""

import importlib.util
import os
import subprocess
import sys
import sysconfig
from importlib.machinery import PathFinder
from pathlib import Path

LIBRARY = Path(sysconfig.get_path("stdlib")).resolve()
SITE = {Path(sysconfig.get_path(key)).resolve() for key in ("purelib", "platlib")}


def home(name: str) -> str:
    """Say where a module comes from, in words that hold on every machine."""
    spec = importlib.util.find_spec(name)
    if spec is None:
        return "nowhere"
    if spec.origin in ("built-in", "frozen"):
        return "inside the interpreter"
    places = spec.submodule_search_locations or [str(spec.origin)]
    file = Path(next(iter(places))).resolve()
    if any(file.is_relative_to(site) for site in SITE):
        return "site-packages"
    return "standard library" if file.is_relative_to(LIBRARY) else "a local file"


def shadows(folder: Path) -> list[str]:
    """List the files in `folder` that hide a module of the same name."""
    names = sorted(path.stem for path in folder.glob("*.py"))
    elsewhere = [place for place in sys.path if place and Path(place) != folder]
    return [
        name
        for name in names
        if name in sys.stdlib_module_names or PathFinder.find_spec(name, elsewhere)
    ]


def last_words(script: Path) -> str:
    """Run a script that fails, and return the line that says why."""
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        check=False,
        env=os.environ | {"NO_COLOR": "1"},
        text=True,
    )
    return done.stderr.splitlines()[-1].partition(" (")[0]


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        print(argument, "comes from", home(argument))
