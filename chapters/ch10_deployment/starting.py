"""Start every server of the race, print its table, stop them all.

Run: python -m chapters.ch10_deployment.starting   (ROUNDS ANSWERS)
"""

import asyncio
import json
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from chapters.ch10_deployment import race, servers, standings
from chapters.ch10_deployment.visitors import Tally, ask


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


async def answering(port: int) -> None:
    tally = Tally()
    while not tally.answers:
        await ask(port, "/who", tally)
        await asyncio.sleep(0.05)


@contextmanager
def running(way: str, workers: int) -> Iterator[tuple[int, int]]:
    """Port and process id of a server, from its first answer to the end."""
    port = free_port()
    words = servers.command(way, race.MODULE, workers=workers)
    words = [word.replace("{port}", str(port)) for word in words]
    words[0] = str(Path(sysconfig.get_path("scripts"), words[0]))
    with subprocess.Popen(
        words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            asyncio.run(asyncio.wait_for(answering(port), 60))
            yield port, server.pid
        finally:
            server.terminate()


def main(most: str = "3", answers: str = "60") -> None:
    with ExitStack() as stack:
        where = {
            name: stack.enter_context(running(*how)) for name, how in race.FIELD.items()
        }
        laps = race.rounds(where, int(most), int(answers))
    for row in standings.table(laps):
        print(*row.values(), sep=" · ")
    print(json.dumps({"missed": standings.missed(laps)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
