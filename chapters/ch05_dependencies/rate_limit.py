"""So many requests a minute for each observer, then 429. Try: fastapi dev rate_limit.py

With several processes, the count belongs into a store that they share: Redis, say.
"""

from collections import defaultdict, deque
from time import monotonic
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException


class RateLimit:
    def __init__(self, most: int, seconds: float) -> None:
        self.most, self.seconds = most, seconds
        self.seen: defaultdict[str, deque[float]] = defaultdict(deque)

    # `async`, so that no two requests count at the same moment.
    async def __call__(self, x_observer: Annotated[str, Header()]) -> None:
        now, seen = monotonic(), self.seen[x_observer]
        while seen and seen[0] <= now - self.seconds:
            seen.popleft()
        if len(seen) >= self.most:
            wait = {"Retry-After": str(int(seen[0] + self.seconds - now) + 1)}
            raise HTTPException(429, f"At most {self.most} a minute.", wait)
        seen.append(now)


app = FastAPI()


@app.post("/sightings", dependencies=[Depends(RateLimit(most=2, seconds=60))])
async def add_sighting() -> str:
    return "Noted."
