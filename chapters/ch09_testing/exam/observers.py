"""For ch09.refusals: who may sign up. Try: fastapi dev observers.py"""

from fastapi import FastAPI, Request, status
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field


class Observer(BaseModel):
    name: str = Field(min_length=1)
    since: int = Field(ge=1950)


app = FastAPI()


# What was sent may be private: the answer says where and what, and no more.
@app.exception_handler(RequestValidationError)
async def refuse(request: Request, error: RequestValidationError) -> JSONResponse:
    found = [{"loc": e["loc"], "type": e["type"]} for e in error.errors()]
    return JSONResponse({"detail": found}, status.HTTP_422_UNPROCESSABLE_CONTENT)


@app.post("/observers", status_code=status.HTTP_201_CREATED)
async def add_observer(observer: Observer) -> Observer:
    return observer
