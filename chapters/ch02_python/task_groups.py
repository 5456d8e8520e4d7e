"""A `TaskGroup` waits for all its tasks; when one fails, it stops the others.

Try in `python -m asyncio`: await survey(["HP1", "PR2"])
"""

import asyncio


async def visit(code: str, diary: list[str]) -> str:
    if code == "??":
        raise LookupError("no station ??")
    try:
        await asyncio.sleep(0.01)
    except asyncio.CancelledError:
        diary.append(f"{code} called off")
        raise  # being cancelled is not ours to swallow
    diary.append(f"{code} visited")
    return code.lower()


async def survey(codes: list[str], diary: list[str] | None = None) -> list[str]:
    diary = [] if diary is None else diary
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(visit(code, diary)) for code in codes]
    return [task.result() for task in tasks]
