# expect: Expected a function, because FastAPI calls it once for each request
from typing import Any

from fastapi import HTTPException


def found(shelf: dict[str, Any], name: str) -> Any:
    key = next(iter(shelf))
    if key not in shelf:
        raise HTTPException(404, f"No {name} {key}.")
    return shelf[key]
