"""`asyncio.timeout` cancels what takes too long.

Try in `python -m asyncio`: await answer_within(0.01, needs=1)
"""

import asyncio


async def answer_within(patience: float, needs: float) -> str:
    try:
        async with asyncio.timeout(patience):
            await asyncio.sleep(needs)
            return "answered"
    except TimeoutError:
        return "gave up"
