"""Fifteen chapters, each a package that runs: `python -m chapters.ch03_rest_api`."""
