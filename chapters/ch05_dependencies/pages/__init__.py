"""Two ways through the sightings, newest first: by offset and by cursor.

Run: fastapi dev chapters/ch05_dependencies/pages/app.py
"""
