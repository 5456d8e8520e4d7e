"""Chapter 4: data models that convert, refuse, document themselves and leave as JSON.

All applications: python -m chapters.ch04_data_models, then http://127.0.0.1:8004/docs
"""
