"""Chapter 15: logs, metrics, errors and traces of a system that works while you sleep.

Run chapter 14's API and worker, watched: python -m chapters.ch15_monitoring
"""
