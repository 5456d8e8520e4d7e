from collections.abc import Callable
from typing import Any

from fastapi import HTTPException


def found(shelf: dict[str, Any], name: str) -> Callable[..., Any]:
    def find(key: str) -> Any:
        if key not in shelf:
            raise HTTPException(404, f"No {name} {key}.")
        return shelf[key]

    return find
