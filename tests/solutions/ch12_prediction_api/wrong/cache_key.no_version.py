# expect: the key must say which model has spoken
from typing import Any


def predict(model: Any, row: list[float], cache: dict[Any, str]) -> str:
    key = tuple(row)
    if key not in cache:
        cache[key] = model.name(row)
    return cache[key]
