# expect: your code raised ValueError: no warden: magpie-0
import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def talk(socket: WebSocket) -> None:
    await socket.accept()
    try:
        async with asyncio.timeout(1):
            badge = await socket.receive_text()
    except TimeoutError:
        badge = ""
    except WebSocketDisconnect:
        return
    if badge != "kestrel-7":
        raise ValueError(f"no warden: {badge}")
    await socket.send_text("welcome")
    async for text in socket.iter_text():
        await socket.send_text(f"heard: {text}")
