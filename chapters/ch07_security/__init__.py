"""Chapter 7: who are you, what may you do, and what if somebody lies?

Run all lessons: python -m chapters.ch07_security, then open http://127.0.0.1:8007/docs
"""
