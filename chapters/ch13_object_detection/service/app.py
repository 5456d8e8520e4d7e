"""The watch: its page, one picture at a time, and frames as they come.

Try: http --form POST :8013/service/detections image@assets/images/coffee.jpg
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from fastapi import (
    Depends,
    FastAPI,
    File,
    HTTPException,
    Response,
    UploadFile,
    WebSocket,
)
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from chapters.ch08_websockets.origin import from_our_page
from chapters.ch13_object_detection import scene
from chapters.ch13_object_detection.service.pictures import Unusable
from chapters.ch13_object_detection.service.schemas import Lines, Named, Problem, Seen
from chapters.ch13_object_detection.service.settings import BODY, Settings
from chapters.ch13_object_detection.service.stream import Stream
from chapters.ch13_object_detection.service.watch import TheWatch, Watch

PAGE = Path(__file__).parent / "page"
POLICY = {"Content-Security-Policy": "default-src 'self'; connect-src 'self'"}
POLICY |= {"Permissions-Policy": "camera=(self), microphone=()"}


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    watch = await Watch.begin(Settings())
    yield {"watch": watch}
    watch.end()


app = FastAPI(title="The watch", lifespan=lifespan, max_body_size=BODY)
app.mount("/page", StaticFiles(directory=PAGE), name="page")

REFUSED: dict[int | str, dict[str, Any]] = {
    413: {
        "model": Problem,
        "description": "Too many pixels, or (as text) too many bytes.",
        "content": {"text/plain": {}},
    },
    415: {"model": Problem, "description": "No picture of a kind that we read."},
    503: {"model": Problem, "description": "Too many wait for the model."},
}


@app.get("/", response_class=FileResponse, include_in_schema=False)
async def read_page() -> FileResponse:
    return FileResponse(PAGE / "index.html", headers=POLICY)


@app.get("/demo.jpg", response_class=Response, include_in_schema=False)
def read_demo() -> Response:
    """A wall of photos: the page pans over it where there is no camera."""
    return Response(scene.wide(), media_type="image/jpeg")


@app.get("/model")
async def read_model(watch: TheWatch) -> Named:
    return watch.detector.named


@app.get("/lines")
async def count_lines(watch: TheWatch) -> Lines:
    return watch.lines


@app.post("/detections", responses=REFUSED)
async def detect(
    image: Annotated[UploadFile, File(description="JPEG, PNG or WebP")],
    watch: TheWatch,
) -> Seen:
    if watch.turns.waiting >= watch.settings.waiting:
        raise HTTPException(503, "Too many wait.", {"Retry-After": "1"})
    content = await image.read()
    try:
        async with watch.turns.turn():
            return await watch.turns.run(partial(watch.see, content))
    except Unusable as error:
        raise HTTPException(error.status, str(error)) from None


@app.websocket("/stream", dependencies=[Depends(from_our_page)])
async def stream(socket: WebSocket, watch: TheWatch) -> None:
    await socket.accept()
    if watch.lines.open >= watch.settings.lines:
        return await socket.close(1013, "Too many watch. Try again later.")
    watch.lines.open += 1
    try:
        await Stream(socket, watch).run()
    finally:
        watch.lines.open -= 1
