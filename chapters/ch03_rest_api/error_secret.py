"""A refusal repeats what was sent; a secret must not come back.

Try: fastapi dev error_secret.py
"""

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field


class Badge(BaseModel):
    observer: str
    pin: str = Field(min_length=6)


app = FastAPI()


@app.exception_handler(RequestValidationError)
async def without_input(
    request: Request, error: RequestValidationError
) -> JSONResponse:
    kept = [{"loc": e["loc"], "msg": e["msg"]} for e in error.errors()]
    return JSONResponse({"detail": jsonable_encoder(kept)}, status_code=422)


@app.post("/badges")
async def use_badge(badge: Badge) -> dict[str, str]:
    return {"welcome": badge.observer}
