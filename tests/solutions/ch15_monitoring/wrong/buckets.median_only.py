# expect: Prometheus would say that the quantile 0.95
def choose(times: list[float]) -> list[float]:
    there = sorted(times)[len(times) // 2]
    return [there * 0.95, there * 1.05, max(times)]
