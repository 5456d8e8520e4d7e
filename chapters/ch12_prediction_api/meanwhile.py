"""Ask a slow route and, once it has begun, the fast one. Is the fast one held up?

Run: ask_both(url, "/slow-sync", lines) where `lines(word)` finds lines of the log.
"""

import time
from collections.abc import Callable, Sized
from concurrent.futures import ThreadPoolExecutor

import httpx

Asked = tuple[str, float, float]  # a path, and the seconds from when to when


def ask_both(url: str, slow: str, lines: Callable[[str], Sized]) -> list[Asked]:
    start, begins = time.perf_counter(), f"{slow[1:]} begins"
    before = len(lines(begins))

    def ask(path: str) -> Asked:
        asked = time.perf_counter()
        httpx.get(f"{url}{path}", timeout=30).raise_for_status()
        return path, asked - start, time.perf_counter() - start

    with ThreadPoolExecutor(1) as pool:
        slowly = pool.submit(ask, slow)
        while len(lines(begins)) == before and not slowly.done():
            time.sleep(0.01)
        quickly = ask("/fast")
        return [slowly.result(), quickly]


def held_up(asked: list[Asked]) -> bool:
    """Did the fast answer come no earlier than the slow one, give or take a tenth?"""
    (_, _, slow_answer), (_, _, fast_answer) = asked
    return fast_answer > 0.9 * slow_answer
