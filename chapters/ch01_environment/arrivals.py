"""Write down every request as it arrived, and tell it to whoever asks: /arrivals."""

from collections import deque

from fastapi import APIRouter, Request
from pydantic import BaseModel

router = APIRouter()


class Arrival(BaseModel):
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: str


book: deque[Arrival] = deque(maxlen=100)


async def write_down(request: Request) -> None:
    if request.url.path == "/arrivals":
        return
    book.append(
        Arrival(
            method=request.method,
            path=request.url.path,
            query=dict(request.query_params),
            headers=dict(request.headers),
            body=(await request.body()).decode(errors="replace"),
        )
    )


@router.get("/arrivals")
async def read_arrivals() -> list[Arrival]:
    return list(book)


@router.get("/echo")
@router.post("/echo")
async def echo() -> dict[str, object]:
    latest = book[-1]
    shown = {k: v for k, v in latest.headers.items() if k.startswith("x-")}
    return latest.model_dump(exclude={"headers", "path"}) | {"headers": shown}
