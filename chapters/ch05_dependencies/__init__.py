"""Chapter 5: ask for what you need; FastAPI finds it, checks it, shares it, tidies up.

Run all lessons: python -m chapters.ch05_dependencies, then open http://127.0.0.1:8005/docs
"""
