"""A `Path` is a file's address with its operations: no gluing of strings.

Try: python -i -m chapters.ch02_python.paths
"""

from pathlib import Path

HERE = Path(__file__)


def write_log(folder: Path, station: str, lines: list[str]) -> Path:
    path = folder / "logs" / f"{station}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def own_first_line() -> str:
    """Reading a file waits for the disk, and everything else waits with it."""
    with HERE.open(encoding="utf-8") as file:
        return file.readline().strip()
