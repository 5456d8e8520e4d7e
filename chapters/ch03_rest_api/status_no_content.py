"""Gone, and nothing to say about it: 204. Try: fastapi dev status_no_content.py"""

from fastapi import FastAPI, status

app = FastAPI()

sightings = {1: "kestrel", 2: "otter"}


@app.get("/sightings")
async def list_sightings() -> dict[int, str]:
    return sightings


# Asked twice, it answers the same: what matters is that the sighting is gone.
@app.delete("/sightings/{sighting_id}", status_code=status.HTTP_204_NO_CONTENT)
async def remove_sighting(sighting_id: int) -> None:
    sightings.pop(sighting_id, None)
