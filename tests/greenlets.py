"""Keep the greenlets of ended threads, so that measuring coverage cannot hang.

Coverage sorts lines by greenlet and holds each by a weak reference. A thread's own
greenlet dies in a *pending call*, and the reference calls a Python function back. When
a second thread ends in that moment, CPython 3.11 begins the traced function anew for
ever: DO_TRACING in its ceval.c looks for pending calls first, and none may run within
another. A greenlet that stays calls nobody back; it costs some hundred bytes a thread.
"""

import threading
from types import FrameType
from typing import Any

import greenlet

kept: list[greenlet.greenlet] = []


def keep() -> None:
    """From now on, where threads are traced, keep each new one's greenlet."""
    if (trace := threading.gettrace()) is None:
        return

    def first(frame: FrameType, event: str, arg: Any) -> Any:
        kept.append(greenlet.getcurrent())
        return trace(frame, event, arg)

    threading.settrace(first)
