# expect: Prometheus would say that the quantile
from statistics import median


def choose(times: list[float]) -> list[float]:
    return [median(times) * 0.95 * 1.25**n for n in range(8)]
