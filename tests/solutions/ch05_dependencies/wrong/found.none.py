# expect: nothing of this key is on the shelf
from collections.abc import Callable
from typing import Any


def found(shelf: dict[str, Any], name: str) -> Callable[..., Any]:
    def find(key: str) -> Any:
        return shelf.get(key)

    return find
