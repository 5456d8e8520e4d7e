from typing import Annotated

from fastapi import FastAPI, Path

app = FastAPI()


@app.get("/rings/{ring}")
async def read_ring(
    ring: Annotated[str, Path(pattern=r"^[A-Z]{2}[0-9]{3}$")],
) -> dict[str, str]:
    return {"ring": ring}
