"""Python for services, one idea a file, on the Observatory's sightings.

Each lesson runs alone: python -i -m chapters.ch02_python.values_and_types
The chapter's small web application: python -m chapters.ch02_python
"""
