"""A form as a model that knows its fields. Try: fastapi dev form_model.py"""

from typing import Annotated

from fastapi import FastAPI, Form
from pydantic import BaseModel, ConfigDict, Field


class Registration(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    since: int = Field(ge=1900)


app = FastAPI()


@app.post("/observers")
async def register(registration: Annotated[Registration, Form()]) -> Registration:
    return registration
