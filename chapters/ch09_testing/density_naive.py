"""The mistake: an area of nothing. Try: fastapi dev density_naive.py"""

from fastapi import FastAPI

app = FastAPI()


@app.get("/density")
async def read_density(birds: int, hectares: int) -> dict[str, float]:
    return {"birds_per_hectare": birds / hectares}
