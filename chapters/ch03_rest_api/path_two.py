"""Two parameters in one path, each with its own type. Try: fastapi dev path_two.py"""

from fastapi import FastAPI

app = FastAPI()


@app.get("/stations/{code}/sightings/{number}")
async def read_sighting(code: str, number: int) -> dict[str, str | int]:
    return {"code": code, "number": number}
