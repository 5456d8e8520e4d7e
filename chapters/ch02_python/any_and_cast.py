"""`Any` switches the checker off; `cast` tells it what you know and it cannot.

Try: python -i -m chapters.ch02_python.any_and_cast
"""

import json
from typing import Any, cast


def kind_of(value: Any) -> str:
    return type(value).__name__


def read_name(text: str) -> str:
    """`json.loads` gives `Any`; nothing is checked or changed when this runs."""
    return cast(str, json.loads(text)["name"])


def read_name_safely(text: str) -> str:
    """Better than a promise: look."""
    name = json.loads(text)["name"]
    if not isinstance(name, str):
        raise TypeError(f"name should be text, not {kind_of(name)}")
    return name
