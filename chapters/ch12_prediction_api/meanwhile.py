"""Ask a slow route and, once it has begun, the fast one. Which answer comes first?

Run: ask_both(url, "/slow-sync", until) where `until` waits for a line of the log.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx

Asked = tuple[str, float, float]  # a path, and the seconds from when to when


def ask_both(url: str, slow: str, until: Callable[[str], object]) -> list[Asked]:
    start = time.perf_counter()

    def ask(path: str) -> Asked:
        asked = time.perf_counter()
        httpx.get(f"{url}{path}", timeout=30).raise_for_status()
        return path, asked - start, time.perf_counter() - start

    with ThreadPoolExecutor(1) as pool:
        slowly = pool.submit(ask, slow)
        until(f"{slow[1:]} begins")
        quickly = ask("/fast")
        return [slowly.result(), quickly]


def first_answer(asked: list[Asked]) -> str:
    return min(asked, key=lambda one: one[2])[0]
