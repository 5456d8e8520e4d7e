"""Serve every lesson of the chapter at once: python -m chapters.ch03_rest_api"""

import uvicorn

uvicorn.run("chapters.ch03_rest_api.app:app", host="127.0.0.1", port=8003)
