"""A guard has no result: it stands on the decorator. Try: fastapi dev route_guard.py"""

from secrets import compare_digest
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException

WARDEN, VISITOR = "kestrel-7", "heron-3"  # a demonstration: see chapter 7
visits: list[str] = []


def same(shown: str, known: str) -> bool:
    """As slow for a wrong first letter as for a wrong last one."""
    # Bytes, for compare_digest refuses text beyond ASCII, and a client can send it.
    return compare_digest(shown.encode(), known.encode())


async def require_badge(x_badge: Annotated[str | None, Header()] = None) -> str:
    """401: I do not know who you are."""
    if x_badge is not None:
        if same(x_badge, WARDEN):
            return "warden"
        if same(x_badge, VISITOR):
            return "visitor"
    raise HTTPException(401, "Show a badge.", {"WWW-Authenticate": "Badge"})


async def require_warden(role: Annotated[str, Depends(require_badge)]) -> None:
    """403: I know who you are, and you may not."""
    if role != "warden":
        raise HTTPException(403, "For wardens only.")


async def note_visit() -> None:
    visits.append("somebody came in")


app = FastAPI()


@app.get("/nests", dependencies=[Depends(require_warden), Depends(note_visit)])
async def list_nests() -> list[str]:
    return ["third oak, east"]


@app.get("/visits")
async def count_visits() -> int:
    return len(visits)
