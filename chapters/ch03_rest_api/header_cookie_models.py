"""Headers as a model, cookies as a model. Try: fastapi dev header_cookie_models.py"""

from typing import Annotated

from fastapi import Cookie, FastAPI, Header
from pydantic import BaseModel, ConfigDict


class Device(BaseModel):
    x_device: str
    x_battery: int | None = None


class Visit(BaseModel):
    model_config = ConfigDict(extra="forbid")

    station: str
    visits: int = 0


app = FastAPI()


@app.get("/device")
async def read_device(device: Annotated[Device, Header()]) -> Device:
    return device


@app.get("/visit")
async def read_visit(visit: Annotated[Visit, Cookie()]) -> Visit:
    return visit
