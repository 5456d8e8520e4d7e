# expect: `fastapi` comes without the extra `standard`
mended = """
[project]
name = "field-notes"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = [
  "fastapi>=0.165",
  "httpie>=3.2",
]
"""
