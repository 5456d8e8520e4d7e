from statistics import quantiles


def choose(times: list[float]) -> list[float]:
    cuts = quantiles(times, n=100)
    return sorted(cuts[n - 1] * by for n in (50, 95, 99) for by in (0.96, 1.04))
