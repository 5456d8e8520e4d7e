# expect: Prometheus would say that the quantile
def choose(times: list[float]) -> list[float]:
    return [max(times) * n / 8 for n in range(1, 9)]
