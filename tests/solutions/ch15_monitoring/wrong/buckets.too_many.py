# expect: Expected at most 8, because each is a time series
def choose(times: list[float]) -> list[float]:
    return sorted(set(times))[::50]
