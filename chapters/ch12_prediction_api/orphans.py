"""No orphans: a child process that leaves when its parent is gone, however it went.

Used by race.py and ways.py; call it first in the child.
"""

import multiprocessing
import os
import threading
from collections.abc import Callable
from functools import partial

at_once = partial(os._exit, 0)


def leave_with_parent(leave: Callable[[], object] = at_once) -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None, "this is no child process"

    def wait() -> None:
        parent.join()
        leave()

    threading.Thread(target=wait, daemon=True).start()
