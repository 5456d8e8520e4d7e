"""The studio: an API that takes orders, workers that draw, and what lies between."""
