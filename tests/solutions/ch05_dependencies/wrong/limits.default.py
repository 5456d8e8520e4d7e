# expect: the default of ten is above this route's limit
from typing import Annotated

from fastapi import Query


class AtMost:
    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, limit: Annotated[int, Query(ge=1)] = 10) -> int:
        return limit if limit <= 10 else min(self.most, limit)
