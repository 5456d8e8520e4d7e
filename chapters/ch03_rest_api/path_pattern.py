"""Two capitals, three digits: the number on a bird's ring.

Try: fastapi dev path_pattern.py
"""

from typing import Annotated

from fastapi import FastAPI, Path

app = FastAPI()

Ring = Annotated[str, Path(pattern=r"^[A-Z]{2}[0-9]{3}$")]
# \w is any letter, any digit and "_"; and nothing ties this pattern to the ends.
LooseRing = Annotated[str, Path(pattern=r"\w{2}\d{3}")]


@app.get("/rings/{ring}")
async def read_ring(ring: Ring) -> dict[str, str]:
    return {"ring": ring}


@app.get("/loose-rings/{ring}")
async def read_loose_ring(ring: LooseRing) -> dict[str, str]:
    return {"ring": ring}
