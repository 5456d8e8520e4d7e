"""Two values in a JSON body, one argument each. Try: fastapi dev body_fields.py"""

from typing import Annotated

from fastapi import Body, FastAPI

app = FastAPI()


@app.post("/sightings")
async def add_sighting(
    species: Annotated[str, Body()], count: Annotated[int, Body()]
) -> dict[str, str | int]:
    return {"species": species, "count": count}
