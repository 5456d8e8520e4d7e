"""Coroutines take turns, and a turn ends only where one of them really waits.

Try in `python -m asyncio`: await take_turns(3)
"""

import asyncio


async def walk(name: str, steps: int, diary: list[str], polite: bool) -> str:
    for _ in range(steps):
        diary.append(name)
        if polite:
            await asyncio.sleep(0)  # nothing to wait for, but the turn passes
    return f"{name} is home"


async def take_turns(steps: int, polite: bool = True) -> tuple[str, list[str]]:
    """Who walked when, and the answers in the order of the question."""
    diary: list[str] = []
    answers = await asyncio.gather(
        walk("A", steps, diary, polite),
        walk("B", steps, diary, polite),
    )
    return "".join(diary), list(answers)
