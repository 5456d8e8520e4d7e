"""The gate of the reserve: accounts, sessions, and sightings that belong to someone.

Run: uvicorn --factory chapters.ch07_security.gate.app:from_environment
"""
