"""An async test needs somebody to await it: here anyio's plugin.

Try: python -m pytest test_async.py
"""

import anyio
import pytest

from chapters.ch09_testing.first.tally import total


@pytest.mark.anyio
async def test_marked() -> None:
    await anyio.lowlevel.checkpoint()
    assert total(1, 1) == 2


async def test_unmarked() -> None:
    await anyio.lowlevel.checkpoint()
    assert total(1, 1) == 2
