"""Ask the client to remember. Try: fastapi dev response_cookie.py"""

from fastapi import FastAPI, Response

app = FastAPI()


@app.put("/station/{code}")
async def choose_station(code: str, response: Response) -> dict[str, str]:
    response.set_cookie("station", code, max_age=86_400, httponly=True)
    response.set_cookie("tour", "seen", samesite="strict")
    return {"station": code}


@app.delete("/station")
async def forget_station(response: Response) -> dict[str, str | None]:
    response.delete_cookie("station")
    return {"station": None}
