"""Which Python is this, and whose packages does it see? Try: python interpreter.py"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

QUESTION = """
import json, sys
print(json.dumps([list(sys.version_info[:3]), sys.prefix, sys.base_prefix]))
"""


@dataclass(frozen=True)
class Interpreter:
    version: tuple[int, ...]
    prefix: Path
    base_prefix: Path

    @property
    def in_venv(self) -> bool:
        return self.prefix != self.base_prefix

    @property
    def in_conda(self) -> bool:
        return (self.prefix / "conda-meta").is_dir()

    @property
    def isolated(self) -> bool:
        return self.in_venv or self.in_conda


def here() -> Interpreter:
    return Interpreter(
        tuple(sys.version_info[:3]), Path(sys.prefix), Path(sys.base_prefix)
    )


def ask(python: Path) -> Interpreter:
    answer = subprocess.run(
        [python, "-c", QUESTION], capture_output=True, text=True, check=True
    )
    version, prefix, base_prefix = json.loads(answer.stdout)
    return Interpreter(tuple(version), Path(prefix), Path(base_prefix))


if __name__ == "__main__":
    print(here())
