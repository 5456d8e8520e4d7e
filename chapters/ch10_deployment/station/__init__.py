"""The service of a station: it takes sightings and gives them back.

The image copies this folder alone, so its modules import each other relatively.
"""
