# expect: I ran `mypy --strict` on your class and it said:
class Counter:
    def __init__(self, wanted):
        self.wanted = wanted
        self.seen = 0

    def __call__(self, species):
        if self.wanted(species):
            self.seen += 1
        return self.seen
