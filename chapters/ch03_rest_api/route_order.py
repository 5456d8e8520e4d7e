"""The first route that fits wins. Try: fastapi dev route_order.py"""

from fastapi import FastAPI

app = FastAPI()


@app.get("/observers/me")
async def read_myself() -> dict[str, str]:
    return {"observer": "you"}


@app.get("/observers/{observer_id}")
@app.get("/wardens/{observer_id}")
async def read_observer(observer_id: int) -> dict[str, int]:
    return {"observer": observer_id}


# Too late: the route above takes "me" for the number of a warden, and refuses.
app.add_api_route("/wardens/me", read_myself)
