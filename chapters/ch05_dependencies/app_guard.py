"""A guard for the whole app, and what stays public all the same.

Try: fastapi dev app_guard.py
"""

from fastapi import Depends, FastAPI

from chapters.ch05_dependencies.route_guard import require_badge

app = FastAPI(dependencies=[Depends(require_badge)])


@app.get("/sightings")
async def list_sightings() -> list[str]:
    return ["kestrel", "otter"]


@app.get("/species")
async def list_species() -> list[str]:
    return ["Falco tinnunculus", "Lutra lutra"]


# A mounted app is an app of its own: the guard above does not know it.
leaflet = FastAPI()


@leaflet.get("/opening-hours")
async def read_hours() -> str:
    return "from dawn to dusk"


app.mount("/leaflet", leaflet)
