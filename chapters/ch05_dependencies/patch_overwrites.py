"""Two traps of PATCH: dump what was never sent, or ask for everything again.

Try: fastapi dev patch_overwrites.py
"""

from fastapi import FastAPI
from pydantic import BaseModel


class Station(BaseModel):
    name: str
    habitat: str


class Change(BaseModel):
    name: str = ""
    habitat: str = ""


pond = Station(name="Heron Pond", habitat="reeds")

app = FastAPI()


# Without exclude_unset the defaults are dumped too, and overwrite what was there.
@app.patch("/overwritten")
async def overwrite(change: Change) -> Station:
    return pond.model_copy(update=change.model_dump())


# A model without defaults makes every part of the body required.
@app.patch("/refused")
async def refuse_a_part(change: Station) -> Station:
    return pond.model_copy(update=change.model_dump(exclude_unset=True))
