"""Serve the chapter's applications: python -m chapters.ch04_data_models"""

import uvicorn

uvicorn.run("chapters.ch04_data_models.app:app", host="127.0.0.1", port=8004)
