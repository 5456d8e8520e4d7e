"""The fuzzer of contracts finds what it is for, and nothing where there is nothing."""

import random
import sys
import threading

from fastapi import FastAPI, HTTPException
from fastapi.responses import PlainTextResponse

from tests.contracts import breaches

app = FastAPI()


@app.get("/kept/{station}")
async def kept(station: int) -> dict[str, int]:
    return {"station": station}


@app.get("/crash")
async def crash(per_day: int) -> float:
    return 24 / per_day


@app.get("/away", responses={503: {"description": "The store is away"}})
async def away() -> None:
    raise HTTPException(503)


@app.get("/undocumented/{station}")
async def undocumented(station: int) -> None:
    raise HTTPException(404)


@app.get("/other-type", response_model=str)
async def other_type() -> PlainTextResponse:
    return PlainTextResponse("not JSON")


def test_each_broken_promise_is_named_and_a_kept_one_is_not() -> None:
    found = breaches(app)
    assert [line.split(":")[0] for line in found] == [
        "GET /crash",
        "GET /away",
        "GET /undocumented/{station}",
        "GET /other-type",
    ]
    assert "ZeroDivisionError" in found[0]
    assert "/crash?per_day=0" in found[0]
    assert "Server error" in found[1]
    assert "404" in found[2]
    assert "text/plain" in found[3]


def test_a_thread_that_throws_dice_meanwhile_breaks_no_promise() -> None:
    calm = FastAPI()
    calm.post("/stations")(kept)
    over = threading.Event()

    def throw() -> None:
        while not over.is_set():
            random.random()

    thread = threading.Thread(target=throw)
    thread.start()
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # its turns fall into the shortest moments
    try:
        assert breaches(calm, asked=60) == []
    finally:
        sys.setswitchinterval(before)
        over.set()
        thread.join()
