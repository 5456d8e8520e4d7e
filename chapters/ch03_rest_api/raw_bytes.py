"""Your own bytes. A response you return is sent as it is.

Try: fastapi dev raw_bytes.py
"""

from fastapi import FastAPI, Response, status

CARD = """<?xml version="1.0"?><station code="HP1"><name>Heron Pond</name></station>"""

app = FastAPI()


@app.get("/xml")
async def card() -> Response:
    return Response(CARD, media_type="application/xml")


# Both the 201 and the header below are lost: the returned response knows neither.
@app.get("/ignored", status_code=status.HTTP_201_CREATED)
async def ignored(response: Response) -> Response:
    response.headers["X-Lost"] = "yes"
    return Response(CARD, media_type="application/xml")
