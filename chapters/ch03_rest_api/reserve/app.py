"""Put the routers together. Run: uvicorn chapters.ch03_rest_api.reserve.app:app"""

from fastapi import APIRouter, FastAPI

from .routers import sightings, stations

v1 = APIRouter(prefix="/v1")
v1.include_router(stations.router, prefix="/stations", tags=["stations"])
v1.include_router(sightings.router, prefix="/sightings", tags=["sightings"])

app = FastAPI(title="The reserve", version="1.0.0")
app.include_router(v1)
