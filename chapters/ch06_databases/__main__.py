"""Serve both applications and the lessons: python -m chapters.ch06_databases"""

import uvicorn

uvicorn.run("chapters.ch06_databases.app:app", host="127.0.0.1", port=8006)
