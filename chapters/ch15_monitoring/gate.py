"""Our lines and the server's, each in its own format.

Try: GET /hides with X-Badge: warden, then without it; look at the log
"""

from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException
from loguru import logger

BADGE = "warden"


async def require_badge(x_badge: Annotated[str | None, Header()] = None) -> None:
    logger.debug("a badge was shown: {}", x_badge is not None)  # not the badge itself
    if x_badge != BADGE:
        logger.warning("the badge is not a warden's")
        raise HTTPException(403, "Wardens only.")


app = FastAPI(dependencies=[Depends(require_badge)])
refused: dict[int | str, dict[str, Any]] = {
    403: {"description": "No badge, or a wrong one"}
}


@app.get("/hides", responses=refused)
async def list_hides() -> list[str]:
    return ["reed bed", "north pool"]


@app.get("/nests", responses=refused)
async def count_nests() -> dict[str, int]:
    return {"nests": 12}
