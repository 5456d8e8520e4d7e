"""A small API of stations, and the tools to look around the environment it runs in.

Run: python -m chapters.ch01_environment (then open http://127.0.0.1:8001/stations)
"""
