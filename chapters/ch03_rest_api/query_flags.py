"""Yes, on, 1 and true are all True. Try: fastapi dev query_flags.py"""

from fastapi import FastAPI

app = FastAPI()


@app.get("/sightings")
async def list_sightings(with_photo: bool = False) -> dict[str, bool]:
    return {"with_photo": with_photo}
