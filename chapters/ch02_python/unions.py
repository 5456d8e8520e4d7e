"""`A | B` is one or the other; `| None` says that a value may be missing.

Try: python -i -m chapters.ch02_python.unions
"""

WEIGHTS: list[int | float] = [12, 7.5, 9]


def greet(observer: str | None = None) -> str:
    """After the test, the checker knows that `observer` is a str."""
    if observer is None:
        return "Welcome, stranger."
    return f"Welcome, {observer.title()}."


def station_number(code: str | int) -> int:
    """`isinstance` narrows a union, for Python and for the checker alike."""
    if isinstance(code, str):
        return int(code.lstrip("HPRSM"))
    return code
