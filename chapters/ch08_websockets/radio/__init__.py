"""The wardens' radio room: rooms across processes, over Redis.

Run: python -m uvicorn chapters.ch08_websockets.radio.app:app
"""
