"""It moved: for now, or for good. Try: fastapi dev redirects.py"""

from fastapi import FastAPI, status
from fastapi.responses import RedirectResponse

app = FastAPI()


@app.get("/pond")
async def pond() -> RedirectResponse:
    return RedirectResponse("stations/HP1")


@app.get("/marsh")
async def marsh() -> RedirectResponse:
    return RedirectResponse("stations/SM3", status.HTTP_301_MOVED_PERMANENTLY)


@app.get("/stations/{code}")
async def read_station(code: str) -> dict[str, str]:
    return {"code": code}
