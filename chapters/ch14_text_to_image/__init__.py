"""Chapter 14: sentences become plates, on workers that may be killed at any moment.

Run the studio and a worker: python -m chapters.ch14_text_to_image
"""
