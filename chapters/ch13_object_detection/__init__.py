"""Chapter 13: a camera that is watched while it runs, and never falls behind.

Run the page and all lessons: python -m chapters.ch13_object_detection
"""
