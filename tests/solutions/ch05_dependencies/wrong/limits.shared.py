# expect: this route has `AtMost(50)`
from typing import Annotated

from fastapi import Query


class AtMost:
    def __init__(self, most: int) -> None:
        AtMost.most = most

    def __call__(self, limit: Annotated[int, Query(ge=1)] = 10) -> int:
        return min(self.most, limit)
