"""A header on the way out, the body as ever. Try: fastapi dev response_header.py"""

from fastapi import FastAPI, Response

app = FastAPI()

sightings = ["kestrel", "otter", "grey heron"]


@app.get("/sightings")
async def list_sightings(response: Response) -> list[str]:
    response.headers["X-Total"] = str(len(sightings))
    return sightings
