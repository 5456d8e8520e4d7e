"""Chapter 10: a station's service made ready for production, and everything around it.

Run it on a database of its own: python -m chapters.ch10_deployment
"""
