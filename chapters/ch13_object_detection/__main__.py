"""Serve the watch and the lessons: python -m chapters.ch13_object_detection

The page is at http://127.0.0.1:8013/service/
"""

import uvicorn

uvicorn.run("chapters.ch13_object_detection.app:app", host="127.0.0.1", port=8013)
