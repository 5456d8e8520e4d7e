"""An object with `__call__` is a function that remembers.

Try: python -i -m chapters.ch02_python.callable_objects
Chapter 5 builds FastAPI's class dependencies on this.
"""


class Limiter:
    def __init__(self, most: int) -> None:
        self.most = most
        self.used = 0

    def __call__(self, wanted: int = 1) -> int:
        """Grant as many as are left, and remember it."""
        granted = min(wanted, self.most - self.used)
        self.used += granted
        return granted
