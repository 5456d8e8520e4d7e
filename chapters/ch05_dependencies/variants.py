"""Two ways to prepare the same input: two objects of one class.

Try: fastapi dev variants.py
"""

from typing import Annotated

from fastapi import Depends, FastAPI


class Cleaned:
    """A species' name, tidied as a consumer of it wants it."""

    def __init__(self, *, joint: str) -> None:
        self.joint = joint

    def __call__(self, species: str) -> str:
        return self.joint.join(species.lower().split())


app = FastAPI()


@app.get("/label")
async def label(name: Annotated[str, Depends(Cleaned(joint=" "))]) -> dict[str, str]:
    return {"label": name}


@app.get("/file-name")
async def file_name(
    name: Annotated[str, Depends(Cleaned(joint="_"))],
) -> dict[str, str]:
    return {"file": f"{name}.png"}
