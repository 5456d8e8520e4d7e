"""Alembic as in a terminal, in a folder of its own that may be thrown away.

Try: with workshop() as room: print(room.alembic("history"))
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Workshop:
    """A folder with a copy of the migrations, and the database they are for."""

    folder: Path
    url: str

    def alembic(self, *words: str, ini: Path = HERE / "alembic.ini") -> str:
        """What `alembic ...` prints; the line with its error if it fails."""
        roots = filter(None, [str(HERE.parents[1]), os.environ.get("PYTHONPATH")])
        known = {"DATABASE_URL": self.url, "PYTHONPATH": os.pathsep.join(roots)}
        done = subprocess.run(
            [sys.executable, "-m", "alembic", "-c", str(ini), *words],
            cwd=self.folder,
            env=os.environ | known,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        said = done.stderr + done.stdout
        if done.returncode:
            reasons = re.findall(r"^(?:.*Error|FAILED): (.*)$", said, re.MULTILINE)
            return str(reasons[0])
        return done.stdout.strip()

    @property
    def copy(self) -> Path:
        return self.folder / "alembic.ini"

    def propose(self, message: str) -> str:
        """What autogenerate proposes, from v1 to today's models: its two functions."""
        (versions := self.folder / "migrations" / "versions").mkdir(parents=True)
        for name in ("alembic.ini", "migrations/env.py", "migrations/script.py.mako"):
            shutil.copy(HERE / name, self.folder / name)
        shutil.copy(HERE / "migrations/versions/v1_first_tables.py", versions)
        words = ("--autogenerate", "--rev-id", "draft", "-m", message)
        self.alembic("revision", *words, ini=self.copy)
        [script] = versions.glob("draft_*.py")
        text = script.read_text(encoding="utf-8")
        return re.sub(r"\n+(    #.*\n)", r"\n", text[text.index("def upgrade") :])


@contextmanager
def workshop(url: str | None = None) -> Iterator[Workshop]:
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        file = Path(folder) / "observatory.db"
        yield Workshop(Path(folder), url or f"sqlite+aiosqlite:///{file}")
