# expect: `/species` is public
from secrets import compare_digest
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException

WARDEN, VISITOR = "kestrel-7", "heron-3"


def same(shown: str, known: str) -> bool:
    return compare_digest(shown.encode(), known.encode())


async def require_warden(x_badge: Annotated[str | None, Header()] = None) -> None:
    shown = x_badge or ""
    if same(shown, VISITOR):
        raise HTTPException(403, "For wardens only.")
    if not same(shown, WARDEN):
        raise HTTPException(401, "Show a badge.")


wardens = APIRouter(prefix="/wardens")


@wardens.get("/nests")
async def list_nests() -> list[str]:
    return ["third oak, east"]


@wardens.get("/roster")
async def read_roster() -> list[str]:
    return ["Ada", "Grace"]


app = FastAPI(dependencies=[Depends(require_warden)])
app.include_router(wardens)


@app.get("/species")
async def list_species() -> list[str]:
    return ["kestrel", "otter"]
