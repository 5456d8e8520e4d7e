def choose(times: list[float]) -> list[float]:
    ordered = sorted(times)
    bounds = []
    for share in (0.5, 0.95, 0.99):
        there = ordered[int(share * len(ordered))]
        bounds += [there * 0.95, there * 1.05]
    return tuple(sorted(bounds))
