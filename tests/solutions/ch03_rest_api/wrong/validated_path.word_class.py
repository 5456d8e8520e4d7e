# expect: an underscore is no letter
from typing import Annotated

from fastapi import FastAPI, Path

app = FastAPI()


@app.get("/rings/{ring}")
async def read_ring(
    ring: Annotated[str, Path(pattern=r"^\w{2}\d{3}$")],
) -> dict[str, str]:
    return {"ring": ring}
