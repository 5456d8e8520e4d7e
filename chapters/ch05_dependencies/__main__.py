"""Serve every lesson of the chapter at once: python -m chapters.ch05_dependencies"""

import uvicorn

uvicorn.run("chapters.ch05_dependencies.app:app", host="127.0.0.1", port=8005)
