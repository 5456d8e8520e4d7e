"""Created or replaced? The status says which, and so do the docs.

Try: fastapi dev response_status.py
"""

from fastapi import FastAPI, Response, status
from pydantic import BaseModel


class Station(BaseModel):
    name: str
    habitat: str


app = FastAPI()

stations = {"HP1": Station(name="Heron Pond", habitat="pond")}


# Without `responses` the docs page would know nothing of the 201.
@app.put("/stations/{code}", responses={201: {"model": Station, "description": "New"}})
async def put_station(code: str, station: Station, response: Response) -> Station:
    if code not in stations:
        response.status_code = status.HTTP_201_CREATED
    stations[code] = station
    return station
