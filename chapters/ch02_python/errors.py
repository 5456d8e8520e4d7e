"""An exception leaves the function at once and climbs until someone handles it.

Try: python -i -m chapters.ch02_python.errors
"""


class UnreadableCount(ValueError):
    """A name of our own, so that callers can catch this and nothing else."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text!r} is no count of animals")
        self.text = text


def read_count(text: str) -> int:
    try:
        count = int(text)
    except ValueError as error:
        raise UnreadableCount(text) from error  # keeps the cause
    if count < 0:
        raise UnreadableCount(text)
    return count


def logged_count(text: str, log: list[str]) -> int | None:
    try:
        count = read_count(text)
    except UnreadableCount as error:
        log.append(f"refused {error.text}")
        return None
    else:
        log.append("accepted")  # only without an exception
        return count
    finally:
        log.append("done")  # always, even after a return
