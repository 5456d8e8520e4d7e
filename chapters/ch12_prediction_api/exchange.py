"""Exchange the model under load, and count what goes wrong.

Run: asyncio.run(exchange(url, key, ["2026.1", "2026.2"])) against a running service.
"""

import asyncio
import time
from dataclasses import dataclass, field

import httpx

BIRDS = [
    {
        "bill_length_mm": 35.0 + number,
        "bill_depth_mm": 18.0,
        "flipper_length_mm": 190.0,
        "body_mass_g": 3800.0,
    }
    for number in range(16)  # few, so that the service remembers some
]


@dataclass
class Tally:
    """Each answer: when it was asked for, its status, and the version that gave it."""

    answers: list[tuple[float, int, str]] = field(default_factory=list)
    exchanged: list[tuple[float, str]] = field(default_factory=list)

    def failed(self) -> int:
        return sum(status != 200 for _, status, _ in self.answers)

    def stale(self) -> int:
        """Asked after an exchange was confirmed, answered by the model before it."""
        return sum(
            version not in self._allowed(asked) for asked, _, version in self.answers
        )

    def _allowed(self, asked: float) -> set[str]:
        last = [version for at, version in self.exchanged if at <= asked][-1:]
        return {*last, *(version for at, version in self.exchanged if at > asked)}


async def keep_asking(
    client: httpx.AsyncClient, first: int, tally: Tally, over: asyncio.Event
) -> None:
    number = first
    while not over.is_set():
        number += 1
        asked = time.perf_counter()
        reply = await client.post("/prediction", json=BIRDS[number % len(BIRDS)])
        version = reply.json().get("version", "")
        tally.answers.append((asked, reply.status_code, version))


async def until(tally: Tally, more: int) -> None:
    enough = len(tally.answers) + more
    while len(tally.answers) < enough:
        await asyncio.sleep(0.001)


async def exchange(
    url: str, key: str, versions: list[str], *, visitors: int = 8, between: int = 200
) -> Tally:
    """`visitors` keep asking; after every `between` answers comes the next version."""
    tally, over = Tally(), asyncio.Event()
    headers = {"X-Admin-Key": key}
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        reply = await client.get("/ready")
        tally.exchanged.append((0.0, reply.json()["version"]))
        async with asyncio.TaskGroup() as group:
            for number in range(visitors):
                group.create_task(keep_asking(client, number, tally, over))
            for version in versions:
                await until(tally, between)
                chosen = {"version": version}
                reply = await client.put("/model", json=chosen, headers=headers)
                reply.raise_for_status()
                tally.exchanged.append((time.perf_counter(), version))
            await until(tally, between)
            over.set()
    return tally
