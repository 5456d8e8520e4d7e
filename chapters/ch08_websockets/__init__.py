"""Chapter 8: lines that stay open, from an echo to a radio room in many processes.

Run: python -m chapters.ch08_websockets, then open http://127.0.0.1:8008/radio/
"""
