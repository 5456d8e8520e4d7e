# expect: only the badge has to come within a second
import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def talk(socket: WebSocket) -> None:
    await socket.accept()
    try:
        async with asyncio.timeout(1):
            if await socket.receive_text() != "kestrel-7":
                return await socket.close(1008)
            await socket.send_text("welcome")
            while True:
                await socket.send_text(f"heard: {await socket.receive_text()}")
    except TimeoutError:
        await socket.close(1008)
    except WebSocketDisconnect:
        return
