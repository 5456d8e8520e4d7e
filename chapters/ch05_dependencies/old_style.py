"""How older code asks: a default that is a call, and a tuple for a result.

Try: fastapi dev old_style.py
"""

from fastapi import Depends, FastAPI


def read_page(skip: int = 0, limit: int = 10) -> tuple[int, int]:
    return skip, limit


app = FastAPI()


# The type is written once more at every use, and which number was which?
@app.get("/sightings")
async def list_sightings(
    page: tuple[int, int] = Depends(read_page),
) -> dict[str, int]:
    skip, limit = page
    return {"skip": skip, "limit": limit}
