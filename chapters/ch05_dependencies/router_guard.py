"""A router that makes no sense without its guard: declare it on the router.

Try: fastapi dev router_guard.py
"""

from fastapi import APIRouter, Depends, FastAPI

from chapters.ch05_dependencies.route_guard import require_warden

wardens = APIRouter(prefix="/wardens", dependencies=[Depends(require_warden)])


@wardens.get("/nests")
async def list_nests() -> list[str]:
    return ["third oak, east"]


@wardens.get("/roster")
async def read_roster() -> list[str]:
    return ["Ada", "Grace"]


app = FastAPI()
app.include_router(wardens)


@app.get("/species")
async def list_species() -> list[str]:
    return ["kestrel", "otter"]
