# expect: existed already
from fastapi import FastAPI, Response
from pydantic import BaseModel


class Station(BaseModel):
    name: str
    habitat: str


stations: dict[str, Station] = {}

app = FastAPI()


@app.put("/stations/{code}", status_code=201)
async def put_station(
    code: str,
    station: Station,
    response: Response,
) -> Station:
    response.headers["Location"] = f"/stations/{code}"
    stations[code] = station
    return station
