"""Serve the reports' figures: python -m chapters.ch11_data_science"""

import uvicorn

uvicorn.run("chapters.ch11_data_science.app:app", host="127.0.0.1", port=8011)
