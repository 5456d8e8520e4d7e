"""Chapter 6: sightings that outlive the process, in tables and in documents.

Run both applications: python -m chapters.ch06_databases, then /docs on port 8006
"""
