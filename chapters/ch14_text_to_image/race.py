"""One worker or two, a pocket for one job or for more: jobs a second, and who waits.

Run: python -m chapters.ch14_text_to_image.race   (with the studio's variables set)
"""

import asyncio
import json
import os
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from chapters.ch14_text_to_image.fleet import Plain, Start, fleet
from chapters.ch14_text_to_image.studio.models import FINAL, Plate, now
from chapters.ch14_text_to_image.studio.queue import broker, send
from chapters.ch14_text_to_image.studio.settings import read

STEP = 0.02  # seconds, waited and not computed: as if the model were elsewhere
EQUAL = (12,) * 10  # steps of ten jobs alike
LONG_FIRST = (70,) + (4,) * 6  # one that takes long, then six that do not
WAYS = {
    "1 worker, prefetch 1": (1, 1),
    "1 worker, default": (1, 0),
    "2 workers, prefetch 1": (2, 1),
    "2 workers, default": (2, 0),
}


@dataclass(frozen=True)
class Lap:
    """Jobs a second of ten jobs alike; the longest wait behind one long job, in s."""

    per_second: float
    last_waits: float
    shares: tuple[int, ...]  # how many of the ten each worker has done


async def lap(engine: AsyncEngine, env: Mapping[str, str]) -> Lap:
    await drawn(engine, env, (1,) * 4)  # connections and the bucket are made here
    started = now()
    equal = await drawn(engine, env, EQUAL)
    seconds = max((one.finished_at or started) - started for one in equal)
    workers = [one.worker for one in equal]
    shares = sorted(workers.count(name) for name in set(workers))
    mixed = await drawn(engine, env, LONG_FIRST)
    waits = [(one.started_at or started) - one.created_at for one in mixed]
    speed = len(equal) / seconds.total_seconds()
    return Lap(speed, max(waits).total_seconds(), tuple(shares))


async def drawn(
    engine: AsyncEngine, env: Mapping[str, str], steps: Sequence[int]
) -> list[Plate]:
    """Order all at once, as the API does it, and wait until the last has ended."""
    names = [uuid.uuid4() for _ in steps]
    queue = broker(read(env))
    async with AsyncSession(engine) as session:
        for name, count in zip(names, steps, strict=True):
            session.add(Plate(id=name, prompt="stripes", steps=count, seed=1))
        await session.commit()
    for name in names:
        send(queue, name)
    queue.client.close()
    ended = select(Plate).where(Plate.id.in_(names), Plate.state.in_(FINAL))
    how_many = select(func.count()).select_from(ended.subquery())
    async with asyncio.timeout(60), AsyncSession(engine) as session:
        while (await session.scalar(how_many) or 0) < len(names):
            await session.rollback()  # each look is a new transaction
            await asyncio.sleep(0.05)
        return list(await session.scalars(ended))


async def run(
    env: Mapping[str, str], ways: Sequence[str] = tuple(WAYS), start: Start = Plain
) -> dict[str, Lap]:
    """Each way in turn, with workers of its own that have booted before it begins."""
    measured = {}
    for way in ways:
        workers, prefetch = WAYS[way]
        mine = {**env, "STUDIO_PAINTER": "stand-in", "STUDIO_PREFETCH": str(prefetch)}
        mine["STUDIO_STAND_IN_SECONDS"] = str(STEP)
        async with fleet(workers, mine, start) as engine:
            measured[way] = await lap(engine, mine)
    return measured


def table(measured: Mapping[str, Lap]) -> str:
    lines = ["way                     jobs/s  longest wait s  shares"]
    for way, one in measured.items():
        numbers = f"{one.per_second:6.2f} {one.last_waits:15.2f}"
        lines.append(f"{way:22} {numbers}  {'+'.join(map(str, one.shares))}")
    return "\n".join(lines)


def main() -> None:
    measured = asyncio.run(run(os.environ))
    print(table(measured))
    print(json.dumps({way: asdict(one) for way, one in measured.items()}))


if __name__ == "__main__":
    main()
