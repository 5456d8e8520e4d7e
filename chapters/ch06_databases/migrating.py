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
from typing import Any

from sqlalchemy import create_engine

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
        known["PYTHON_COLORS"] = "0"  # in a notebook, tracebacks come coloured
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
            return str([*reasons, said.strip()][0])
        return done.stdout.strip()

    def sql(self, statement: str) -> list[dict[str, Any]]:
        """Ask the database itself, with its driver that does not wait for a loop."""
        engine = create_engine(self.url.replace("+aiosqlite", ""))
        with engine.begin() as connection:
            answer = connection.exec_driver_sql(statement)
            rows = (
                [dict(row) for row in answer.mappings()] if answer.returns_rows else []
            )
        engine.dispose()
        return rows

    @property
    def draft(self) -> Path:
        """Our settings, with a folder for scripts that are only tried."""
        ini = self.folder / "alembic.ini"
        text = (HERE / "alembic.ini").read_text("utf-8").replace("%(here)s", str(HERE))
        scripts = f"[alembic]\nversion_locations = {self.folder / 'versions'}"
        ini.write_text(text.replace("[alembic]", scripts), encoding="utf-8")
        return ini

    def propose(self, *known: str) -> str:
        """What autogenerate writes on top of these scripts: the two functions."""
        versions = self.folder / "versions"
        shutil.rmtree(versions, ignore_errors=True)
        versions.mkdir()
        for name in known:
            shutil.copy(HERE / "migrations" / "versions" / f"{name}.py", versions)
        words = ("--autogenerate", "--rev-id", "draft", "-m", "draft")
        self.alembic("revision", *words, ini=self.draft)
        text = (versions / "draft_draft.py").read_text(encoding="utf-8")
        return re.sub(r"\n+(    #.*\n)", r"\n", text[text.index("def upgrade") :])


@contextmanager
def workshop(url: str | None = None) -> Iterator[Workshop]:
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        file = Path(folder) / "observatory.db"
        yield Workshop(Path(folder), url or f"sqlite+aiosqlite:///{file}")
