"""Serve the stations on this machine only: python -m chapters.ch01_environment"""

import uvicorn

uvicorn.run("chapters.ch01_environment.app:app", host="127.0.0.1", port=8001)
