# expect: a page of nothing is a mistake
class AtMost:
    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, limit: int = 10) -> int:
        return min(self.most, limit)
