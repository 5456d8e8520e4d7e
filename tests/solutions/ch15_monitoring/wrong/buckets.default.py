# expect: Prometheus would say that the quantile
def choose(times: list[float]) -> list[float]:
    return [0.1, 0.5, 1.0]
