# expect: Expected ['open', 'failed', 'close']
from collections.abc import AsyncIterator

LOG: list[str] = []


async def keep_log() -> AsyncIterator[None]:
    LOG.append("open")
    try:
        yield
    except Exception:
        LOG.append("failed")
        raise
    else:
        LOG.append("close")
