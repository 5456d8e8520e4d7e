# expect: Prometheus would say that the quantile
def choose(times: list[float]) -> list[float]:
    ordered = sorted(times)
    bounds = []
    for share in (0.5, 0.95, 0.99):
        there = ordered[int(share * 2000)]
        bounds += [there * 0.95, there * 1.05]
    return sorted(bounds)
