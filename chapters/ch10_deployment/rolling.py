"""Put a new release in place of the old one while visitors keep asking.

Used by the notebook and the tests: asyncio.run(reload(port, pid, source, "two"))
"""

import asyncio
import json
import os
import re
import signal
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from chapters.ch10_deployment import crew
from chapters.ch10_deployment.visitors import Tally, crowd

BREATH = 0.02  # seconds: some 200 questions a second, and room to start workers


def write_release(folder: Path, name: str) -> str:
    """Our crew.py as a module of its own in `folder`, under another release."""
    code = Path(crew.__file__).read_text("utf-8")
    code = re.sub(r'^RELEASE = ".*"', f'RELEASE = "{name}"', code, flags=re.MULTILINE)
    (folder / "released.py").write_text(code, encoding="utf-8")
    return "released"


def release_at(port: int) -> str:
    """Asked once, beside the crowd; "" while nobody answers."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        try:
            connection.request("GET", "/who", headers={"Connection": "close"})
            return str(json.loads(connection.getresponse().read())["release"])
        except (OSError, HTTPException):
            return ""


async def everywhere(
    port: int, name: str, asked: int = 12, seconds: float = 60
) -> None:
    """Wait until `asked` answers in a row come from this release."""
    async with asyncio.timeout(seconds):
        row = 0
        while row < asked:
            found = await asyncio.to_thread(release_at, port)
            row = row + 1 if found == name else 0
            await asyncio.sleep(0.02)


async def reload(port: int, pid: int, folder: Path, name: str) -> Tally:
    """SIGHUP: the manager replaces its workers one after the other."""

    async def change() -> None:
        write_release(folder, name)
        os.kill(pid, signal.SIGHUP)
        await everywhere(port, name)

    return await crowd(port, "/who", [change], breath=BREATH)


async def restart(
    port: int, folder: Path, name: str, stop_and_start: Callable[[], object]
) -> Tally:
    """Stop all, then start all: what most scripts do."""

    async def change() -> None:
        write_release(folder, name)
        await asyncio.to_thread(stop_and_start)
        await everywhere(port, name)

    return await crowd(port, "/who", [change], breath=BREATH)
