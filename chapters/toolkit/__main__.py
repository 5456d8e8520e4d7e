"""The course's command line, from any Python. Run: python -m chapters.toolkit help"""

# Every line here must be readable by old Pythons: they are to be told what is missing.
from __future__ import annotations

import os
import sys

LOWEST, BEYOND = (3, 11), (3, 14)


def wrong_python(version: tuple[int, int]) -> str | None:
    """One line for a Python that cannot run the course, and which one can."""
    if LOWEST <= version < BEYOND:
        return None
    import shutil

    names = ("python3.13", "python3.12", "python3.11")
    other = next((name for name in names if shutil.which(name)), "python3.12")
    return (
        f"Python 3.11 to 3.13 is needed; this is {version[0]}.{version[1]} "
        f"({sys.executable}). Remedy: make PYTHON={other} ... "
        f"(without make: {other} -m chapters.toolkit ...)"
    )


def main(arguments: list[str]) -> int:
    problem = wrong_python(sys.version_info[:2])
    if problem:
        sys.stderr.write(problem + "\n")
        return 2
    from chapters.toolkit import start

    return start.main(arguments)


if __name__ == "__main__":
    sys.path[:] = [os.getcwd() if part == "" else part for part in sys.path]
    raise SystemExit(main(sys.argv[1:]))
