"""Run mypy as a function, on any file. Try: mypy --strict checked_good.py

The checker reads the file and never runs it.
"""

import os
import re
from pathlib import Path

from mypy import api

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / "build" / "mypy-lessons"
COLOUR = re.compile(r"\x1b(\[[\d;]*m|\(B)")
ERROR = re.compile(r":(\d+): error: .*\[([\w-]+)\]$", re.MULTILINE)


def check_types(path: Path) -> str:
    """What `mypy --strict FILE` says, with the folder cut off."""
    path = path.resolve()
    options = ["--strict", "--show-absolute-path", "--config-file="]
    report, trouble, _status = api.run([*options, f"--cache-dir={CACHE}", str(path)])
    plain = COLOUR.sub("", report + trouble)  # a notebook asks for colours
    return plain.replace(f"{path.parent}{os.sep}", "").strip()


def complaints(path: Path) -> list[dict[str, str]]:
    """Line and code of each error; mypy's own words differ between versions."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [
        {"line": number, "code": code, "source": lines[int(number) - 1].strip()}
        for number, code in ERROR.findall(check_types(path))
    ]
