# expect: Expected the answers in `cache`
from typing import Any

KEPT: dict[Any, str] = {}


def predict(model: Any, row: list[float], cache: dict[Any, str]) -> str:
    key = (model.version, tuple(row))
    if key not in KEPT:
        KEPT[key] = model.name(row)
    return KEPT[key]
