"""Chapter 3: every way a request carries data in, and a response carries it out.

Run all lessons: python -m chapters.ch03_rest_api, then open http://127.0.0.1:8003/docs
"""
