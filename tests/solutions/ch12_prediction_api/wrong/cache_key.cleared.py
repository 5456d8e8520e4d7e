# expect: 2026.1 was loaded again
from typing import Any


def predict(model: Any, row: list[float], cache: dict[Any, str]) -> str:
    if cache.get("version") != model.version:
        cache.clear()
        cache["version"] = model.version
    key = tuple(row)
    if key not in cache:
        cache[key] = model.name(row)
    return cache[key]
