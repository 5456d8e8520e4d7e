"""What is not in the path is in the query. Try: fastapi dev query_optional.py"""

from fastapi import FastAPI

app = FastAPI()


@app.get("/sightings")
async def list_sightings(page: int = 1, size: int = 10) -> dict[str, int]:
    return {"page": page, "size": size}
