# expect: Prometheus would say that the quantile
from statistics import median


def choose(times: list[float]) -> list[float]:
    middle = median(times)
    return [middle * one for one in (0.95, 1.05, 2.55, 2.82, 3.84, 4.24)]
