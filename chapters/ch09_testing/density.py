"""The cure: what cannot be divided by is refused. Try: fastapi dev density.py"""

from typing import Annotated

from fastapi import FastAPI, Query

app = FastAPI()

# Python's whole numbers have no limit; a float, which the answer is, has one.
Birds = Annotated[int, Query(ge=0, le=1_000_000)]
Hectares = Annotated[int, Query(ge=1, le=1_000_000)]


@app.get("/density")
async def read_density(birds: Birds, hectares: Hectares) -> dict[str, float]:
    return {"birds_per_hectare": birds / hectares}
