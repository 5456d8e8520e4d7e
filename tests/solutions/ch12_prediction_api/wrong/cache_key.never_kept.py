# expect: the second answer is in the cache
from typing import Any


def predict(model: Any, row: list[float], cache: dict[Any, str]) -> str:
    return model.name(row)
