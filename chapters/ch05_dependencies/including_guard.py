"""One router, twice: whoever includes it decides who may come in.

Try: fastapi dev including_guard.py
"""

from fastapi import APIRouter, Depends, FastAPI

from chapters.ch05_dependencies.route_guard import require_badge

sightings = APIRouter()


@sightings.get("/sightings")
async def list_sightings() -> list[str]:
    return ["kestrel", "otter"]


@sightings.get("/species")
async def list_species() -> list[str]:
    return ["Falco tinnunculus", "Lutra lutra"]


app = FastAPI()
app.include_router(sightings, prefix="/open")
app.include_router(sightings, prefix="/members", dependencies=[Depends(require_badge)])
