"""Nest boxes as documents, each with its visits inside: Motor, or PyMongo's own client.

Run: fastapi dev chapters/ch06_databases/documents/app.py
"""
