# expect: Prometheus would say that the quantile
from statistics import fmean, stdev


def choose(times: list[float]) -> list[float]:
    middle, width = fmean(times), stdev(times)
    return [middle + width * n for n in (0, 0.5, 1, 1.5, 2, 2.5, 3)]
