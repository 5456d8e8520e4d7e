"""Serve the lessons and the radio room: python -m chapters.ch08_websockets"""

import uvicorn

uvicorn.run("chapters.ch08_websockets.app:app", host="127.0.0.1", port=8008)
