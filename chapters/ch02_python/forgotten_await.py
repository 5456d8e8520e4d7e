"""Without `await` a coroutine is made, and thrown away unrun.

Try in `python -m asyncio`: await careless([])
"""

import asyncio
import gc
import warnings


async def ring(bell: list[str]) -> None:
    await asyncio.sleep(0)
    bell.append("rang")


async def careless(bell: list[str]) -> list[str]:
    """What Python says about it, as text: a warning, not an error."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ring(bell)  # type: ignore[unused-coroutine]
        gc.collect()
    return [str(warning.message) for warning in caught]


async def careful(bell: list[str]) -> None:
    await ring(bell)
