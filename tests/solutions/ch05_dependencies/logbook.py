from collections.abc import AsyncIterator

LOG: list[str] = []


async def keep_log() -> AsyncIterator[None]:
    LOG.append("open")
    try:
        yield
    except Exception:
        LOG.append("failed")
        raise
    finally:
        LOG.append("close")
