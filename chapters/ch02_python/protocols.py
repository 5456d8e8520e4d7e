"""A protocol names what an object must be able to do, not what it must inherit.

Try: python -i -m chapters.ch02_python.protocols
"""

from typing import Protocol


class CanCall(Protocol):
    def call(self, times: int = 1) -> str: ...


class Kestrel:
    def call(self, times: int = 1) -> str:
        return " ".join(["kee"] * times)


class Doorbell:
    def call(self, times: int = 1) -> str:
        return " ".join(["ding"] * times)


def dawn_chorus(members: list[CanCall]) -> str:
    """Neither class knows of CanCall; the checker compares the methods."""
    return ", ".join(member.call(times=2) for member in members)
