"""Serve the chapter's application: python -m chapters.ch02_python"""

import uvicorn

uvicorn.run("chapters.ch02_python.app:app", host="127.0.0.1", port=8002)
