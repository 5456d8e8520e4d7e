# expect: says yes to Python 3.10.8. Expected no
mended = """
[project]
name = "field-notes"
version = "0.1.0"
requires-python = ">=3.8"
dependencies = [
  "fastapi[standard]>=0.165",
  "httpie>=3.2",
]
"""
