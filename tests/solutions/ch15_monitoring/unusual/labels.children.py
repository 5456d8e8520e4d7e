from prometheus_client import CollectorRegistry, Counter


def count_searches(registry: CollectorRegistry):
    counter = Counter("searches_total", "Searches.", ("species",), registry=registry)
    rest = counter.labels("other")
    known = {one: counter.labels(one) for one in ("otter", "osprey", "newt")}
    return lambda word: known.get(word, rest).inc()
