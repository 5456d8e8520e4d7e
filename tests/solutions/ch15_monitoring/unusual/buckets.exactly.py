def choose(times: list[float]) -> list[float]:
    ordered = sorted(times)
    return [ordered[int(share * len(ordered))] for share in (0.5, 0.95, 0.99)]
