"""A cookie that may be absent. Try: fastapi dev cookie_optional.py"""

from typing import Annotated

from fastapi import Cookie, FastAPI

app = FastAPI()


@app.get("/")
async def last_station(
    station: Annotated[str | None, Cookie()] = None,
) -> dict[str, str | None]:
    return {"station": station}
