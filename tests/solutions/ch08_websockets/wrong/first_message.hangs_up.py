# expect: said `still here`, and got `a line closed with code 1000`
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
        return await socket.close(1008)
    await socket.send_text("welcome")
    async for text in socket.iter_text():
        if text == "still here":
            return await socket.close()
        await socket.send_text(f"heard: {text}")
