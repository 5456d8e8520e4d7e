"""A class bundles values with the functions that belong to them.

Try: python -i -m chapters.ch02_python.classes
"""

from typing import Self


class Station:
    network = "The Observatory"  # one, shared by all stations

    def __init__(self, code: str, habitat: str = "unknown") -> None:
        self.code = code  # one for each station
        self.habitat = habitat
        self._visits = 0  # the underscore asks others to keep out

    @classmethod
    def parse(cls, line: str) -> Self:
        """A second way to make one: `Station.parse("HP1 pond")`."""
        code, habitat = line.split()
        return cls(code, habitat)

    @property
    def visits(self) -> int:
        return self._visits

    def welcome(self, observer: str | None = None) -> str:
        self._visits += 1
        return f"{self.code} welcomes {observer if observer else 'a stranger'}."
