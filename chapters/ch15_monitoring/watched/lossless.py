"""A sink that outlives its disk: lines that the file refuses go to stderr, counted."""

import sys
from pathlib import Path
from typing import Protocol

from prometheus_client import Counter

LOST_NAME = "observatory_log_lines_diverted_total"


class Tally:
    """A counter that can also be read back."""

    def __init__(self) -> None:
        self.counter = Counter(LOST_NAME, "Log lines that the log file did not take.")
        self.count = 0

    def add(self) -> None:
        self.count += 1
        self.counter.inc()

    def total(self) -> int:
        return self.count


LOST = Tally()


class Writes(Protocol):
    def write(self, text: str) -> object: ...


class AppendingFile:
    """Opened for each line: a rotated, deleted or full file is found again by name."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, text: str) -> None:
        with open(self.path, "ab") as file:  # bytes, for a text's layers cost as much
            file.write(text.encode())


class Lossless:
    def __init__(self, file: Writes) -> None:
        self.file = file

    def write(self, text: str) -> None:
        try:
            self.file.write(text)
        except OSError:
            LOST.add()
            sys.stderr.write(text)
