"""Serve every lesson of the chapter at once: python -m chapters.ch07_security"""

import uvicorn

uvicorn.run("chapters.ch07_security.app:app", host="127.0.0.1", port=8007)
