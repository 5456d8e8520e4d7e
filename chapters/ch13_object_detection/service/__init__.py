"""The watch: uploads, streams of frames, and a page that shows what the model sees.

Run: python -m chapters.ch13_object_detection
"""
