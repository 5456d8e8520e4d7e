"""A browser sends its cookies to us from anybody's page: ask which page it is.

Try: fastapi dev origin.py
"""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI, Header, WebSocket, WebSocketException, status

app = FastAPI()


def from_our_page(
    host: Annotated[str, Header()], origin: Annotated[str | None, Header()] = None
) -> None:
    # Only browsers send Origin, and no page can change what they send.
    if origin is not None and urlsplit(origin).netloc != host:
        raise WebSocketException(status.WS_1008_POLICY_VIOLATION)


@app.websocket("/ws", dependencies=[Depends(from_our_page)])
async def listen(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("welcome")
    await socket.close()
