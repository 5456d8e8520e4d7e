"""Stations and their sightings in tables: SQLite by default, PostgreSQL unchanged.

Run: fastapi dev chapters/ch06_databases/relational/app.py
"""
