# expect: I said nothing for 3 s, and the line stayed open
import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def talk(socket: WebSocket) -> None:
    await socket.accept()
    try:
        async with asyncio.timeout(None):
            badge = await socket.receive_text()
    except TimeoutError:
        badge = ""
    except WebSocketDisconnect:
        return
    if badge != "kestrel-7":
        return await socket.close(1008)
    await socket.send_text("welcome")
    async for text in socket.iter_text():
        await socket.send_text(f"heard: {text}")
