"""Chapter 12: a forest that names penguins, served so that nobody waits for it.

Run the service and all lessons: python -m chapters.ch12_prediction_api
"""
