"""For ch09.two-clients: a room where everybody hears everybody else.

Try: fastapi dev canteen.py
"""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()

guests: dict[str, WebSocket] = {}


async def tell(text: str, speaker: str) -> None:
    for name, socket in list(guests.items()):
        if name != speaker:
            await socket.send_text(text)


@app.websocket("/canteen/{name}")
async def sit_down(socket: WebSocket, name: str) -> None:
    await socket.accept()
    guests[name] = socket
    try:
        while True:
            await tell(f"{name}: {await socket.receive_text()}", name)
    except WebSocketDisconnect:
        guests.pop(name)
        await tell(f"{name} has left", name)
