"""The same name again and again is a list. Try: fastapi dev query_lists.py"""

from typing import Annotated

from fastapi import FastAPI, Query

app = FastAPI()

Species = Annotated[list[str], Query(max_length=3)]


# The usual trap of a list as a default is none here: FastAPI copies it.
@app.get("/sightings")
async def list_sightings(species: Species = []) -> dict[str, list[str]]:  # noqa: B006
    return {"species": species}
