"""From whatever Python was found to the course's. Run: python -m chapters.toolkit"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from chapters.toolkit import environment
from chapters.toolkit.environment import BASE, ROOT, WINDOWS, Trouble

# Made again by the next command; `work/`, the learner's folder, is not among them.
MADE = (".venv", ".venv-lab", ".venv-latest", "build", ".cache", ".pytest_cache")
MADE_TOO = (".mypy_cache", ".ruff_cache", ".coverage")


def main(arguments: list[str]) -> int:
    """Run a verb; a trouble is one line on stderr and exit code 2."""
    try:
        return dispatch(arguments or ["help"])
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


def dispatch(arguments: list[str]) -> int:
    verb = arguments[0]
    if verb in {"help", "--help", "-h"}:
        print(help_text((ROOT / "Makefile").read_text("utf-8")))
        return 0
    if verb == "clean":
        return clean(ROOT)
    os.environ.update(environment.variables())
    # Compiled once, a library loads in half the time; all of it is in our folders.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if verb == "doctor" and not BASE.ready():
        from chapters.toolkit import doctor

        return doctor.main()
    if os.environ.get("COURSE_ENVIRONMENT"):
        return here(arguments)
    python = environment.ensure(BASE)
    if Path(sys.prefix).resolve() == BASE.path.resolve():
        return here(arguments)
    return hand_over(python, arguments)


def here(arguments: list[str]) -> int:
    from chapters.toolkit import cli

    return cli.run(arguments)


def hand_over(python: Path, arguments: list[str]) -> int:
    """Go on as the environment's Python."""
    command = [str(python), "-m", "chapters.toolkit", *arguments]
    sys.stdout.flush()
    if WINDOWS:  # pragma: no cover - Windows: its execv returns before the verb ends
        return subprocess.run(command, check=False).returncode
    os.execv(command[0], command)


def help_text(makefile: str) -> str:
    """The Makefile's verbs, from their `##` comments."""
    verbs = re.findall(r"^([a-z%-]+):.*?## (.*)$", makefile, re.MULTILINE)
    lines = [f"  {name.replace('%', 'NN'):<13} {text}" for name, text in verbs]
    return "\n".join(
        [
            "From Notebook to Service. Any verb works first; none needs another.",
            "",
            *lines,
            "",
            "Without make: python -m chapters.toolkit chapter 03",
        ]
    )


def clean(root: Path) -> int:
    """Remove what the next command makes again; never the learner's work."""
    for name in (*MADE, *MADE_TOO):
        path = root / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.exists():
            path.unlink()
    print("Removed the environments, caches and build; your work/ is untouched.")
    return 0
