"""Only the values you list. Try: fastapi dev path_choices.py"""

from enum import StrEnum

from fastapi import FastAPI


class Group(StrEnum):
    BIRD = "bird"
    MAMMAL = "mammal"
    INSECT = "insect"


app = FastAPI()


@app.get("/groups/{group}/species/{species_id}")
async def read_species(group: Group, species_id: int) -> dict[str, str | int]:
    return {"group": group, "species_id": species_id}
