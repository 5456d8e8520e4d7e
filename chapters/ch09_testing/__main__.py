"""Serve every lesson of the chapter at once: python -m chapters.ch09_testing"""

import uvicorn

uvicorn.run("chapters.ch09_testing.app:app", host="127.0.0.1", port=8009)
