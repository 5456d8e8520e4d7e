"""How often may one guess? Counted for account and address together.

Only together: a stranger who fails on purpose must not lock the owner out.
"""

from math import ceil
from time import time

from fastapi import HTTPException
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage  # several workers: RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter

from chapters.ch07_security.gate.settings import Settings


class Attempts:
    def __init__(self, settings: Settings) -> None:
        # The minute begins with the first attempt; plain counters, nothing to race.
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._account = RateLimitItemPerMinute(settings.account_attempts)
        self._address = RateLimitItemPerMinute(settings.address_attempts)

    async def guess(self, email: str, address: str) -> None:
        """Before the password is looked at: guesses sent all at once count, too."""
        await self._spend(self._account, "guess", email, address)
        await self._spend(self._address, "guess", address)

    async def forgive(self, email: str, address: str) -> None:
        await self._limiter.clear(self._account, "guess", email, address)

    async def join(self, address: str) -> None:
        await self._spend(self._address, "join", address)

    async def _spend(self, limit: RateLimitItem, *key: str) -> None:
        if await self._limiter.hit(limit, *key):
            return
        window = await self._limiter.get_window_stats(limit, *key)
        wait = max(1, ceil(window.reset_time - time()))
        told = "Too many attempts. Wait, then try again."
        raise HTTPException(429, told, {"Retry-After": str(wait)})
