"""What the model's thread and the event loop say to each other while it draws."""

import threading


class Abandoned(Exception):
    """Cancelled, deleted, or in another worker's hands: stop, and say nothing."""


class Strokes:
    """How far the model's thread is, and whether it is to stop at its next step."""

    def __init__(self) -> None:
        self.percent, self.stop = 0, threading.Event()

    def step(self, done: int, total: int) -> None:
        if self.stop.is_set():
            raise Abandoned
        # 100 means: stored, and may be fetched. A drawn plate is at 99.
        self.percent = min(99, 100 * done // max(total, 1))
