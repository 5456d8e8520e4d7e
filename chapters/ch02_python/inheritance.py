"""A child class takes over what its parents can do; the MRO says whose turn it is.

Try: python -i -m chapters.ch02_python.inheritance
"""

from typing_extensions import override  # in `typing` from Python 3.12


class Animal:
    def __init__(self, name: str) -> None:
        self.name = name

    def describe(self) -> str:
        return self.name


class Swimmer(Animal):
    @override
    def describe(self) -> str:
        return f"{super().describe()}, swims"


class Runner(Animal):
    @override
    def describe(self) -> str:
        return f"{super().describe()}, runs"


class Newt(Animal):
    """Nothing of its own: everything is inherited."""


class Shouting:
    """A mixin: one ability, no data, useless alone."""

    def shout(self: "Animal") -> str:  # type: ignore[misc]  # only beside an Animal
        return self.describe().upper() + "!"


class Otter(Shouting, Swimmer, Runner):
    """`super()` in Swimmer finds Runner here, a class that Swimmer never heard of."""


def order_of(kind: type) -> list[str]:
    return [parent.__name__ for parent in kind.mro()]
