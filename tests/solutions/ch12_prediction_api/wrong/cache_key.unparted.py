# expect: because this is another row
from typing import Any


def predict(model: Any, row: list[float], cache: dict[Any, str]) -> str:
    key = model.version + "".join(map(str, row))
    if key not in cache:
        cache[key] = model.name(row)
    return cache[key]
