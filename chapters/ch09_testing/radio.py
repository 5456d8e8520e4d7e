"""The wardens' radio: who joins, speaks or leaves is heard by the others.

Try: fastapi dev radio.py
"""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()

listeners: dict[str, WebSocket] = {}


async def tell_others(name: str, text: str) -> None:
    for listener, socket in list(listeners.items()):
        if listener != name:
            await socket.send_text(text)


@app.websocket("/radio/{name}")
async def listen(socket: WebSocket, name: str) -> None:
    await socket.accept()
    listeners[name] = socket
    await tell_others(name, f"{name} is on the air")
    try:
        while True:
            await tell_others(name, f"{name}: {await socket.receive_text()}")
    except WebSocketDisconnect:
        del listeners[name]
        await tell_others(name, f"{name} is off the air")
