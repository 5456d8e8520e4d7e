from fastapi import FastAPI, Response
from pydantic import BaseModel


class Station(BaseModel):
    name: str
    habitat: str


stations: dict[str, Station] = {}

app = FastAPI()


@app.put("/stations/{code}", responses={201: {"model": Station}})
async def put_station(
    code: str,
    station: Station,
    response: Response,
) -> Station:
    if code not in stations:
        response.status_code = 201
        response.headers["Location"] = f"/stations/{code}"
    stations[code] = station
    return station
