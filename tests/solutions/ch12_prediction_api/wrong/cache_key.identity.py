# expect: 2026.1 was loaded again
from typing import Any


def predict(model: Any, row: list[float], cache: dict[Any, str]) -> str:
    key = (id(model), tuple(row))
    if key not in cache:
        cache[key] = model.name(row)
    return cache[key]
