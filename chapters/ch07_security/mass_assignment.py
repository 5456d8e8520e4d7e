"""A model that takes too much lets a visitor make a warden of himself.

Try: fastapi dev mass_assignment.py
"""

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict

app = FastAPI()


class Observer(BaseModel):
    name: str = "Ada"
    role: str = "observer"


class NameChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str


stored = {"careless": Observer(), "strict": Observer()}


# One model for what is stored and for what may be sent: every field is an entrance.
@app.patch("/careless")
async def change_carelessly(change: Observer) -> Observer:
    sent = change.model_dump(exclude_unset=True)
    stored["careless"] = stored["careless"].model_copy(update=sent)
    return stored["careless"]


@app.patch("/strict")
async def change_strictly(change: NameChange) -> Observer:
    stored["strict"] = stored["strict"].model_copy(update=change.model_dump())
    return stored["strict"]
