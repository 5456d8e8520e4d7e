"""The mistake: what is stored is what is shown. Try: fastapi dev private_leak.py"""

from fastapi import FastAPI
from pydantic import BaseModel


class Nest(BaseModel):
    species: str
    grid_square: str
    exact_position: str


nests = {1: Nest(species="kestrel", grid_square="D4", exact_position="third oak, east")}

app = FastAPI()


@app.get("/nests/{nest_id}")
async def read_nest(nest_id: int) -> Nest:
    return nests[nest_id]
