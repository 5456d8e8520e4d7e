"""Chapter 11: arrays, tables and models that one may believe.

Run its service: python -m chapters.ch11_data_science, then http://127.0.0.1:8011/docs
"""
