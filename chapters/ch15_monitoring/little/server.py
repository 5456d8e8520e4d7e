"""The little Prometheus: the same questions as the real one's client in promql.py."""

import time
from collections.abc import Mapping
from typing import Any

import yaml

from chapters.ch15_monitoring.little.reading import Reader
from chapters.ch15_monitoring.little.store import Scraper
from chapters.ch15_monitoring.little.words import Unread
from chapters.ch15_monitoring.promql import Series


class LittlePrometheus:
    name = "the little Prometheus\n(the real one is not installed)"

    def __init__(
        self, targets: Mapping[str, str], token: str, rules: str, pace: float = 0.25
    ) -> None:
        self.scraper = Scraper(targets, token, pace)
        [group] = yaml.safe_load(rules)["groups"]
        self.records = {r["record"]: r["expr"] for r in group["rules"] if "record" in r}
        self.rules = {r["alert"]: r["expr"] for r in group["rules"] if "alert" in r}

    def evaluate(self, query: str, now: float) -> Any:
        """Recording rules are put in as they stand: nothing is computed beforehand."""
        for name, expression in self.records.items():
            query = query.replace(name, f"({expression.strip()})")
        reader = Reader(query, self.scraper.store.snapshot(), now)
        answer = reader.binary()
        if reader.words:
            raise Unread(f"I do not understand {' '.join(reader.words)!r} in {query!r}")
        return answer

    def instant(self, query: str) -> list[Series]:
        now = time.time()
        answer = self.evaluate(query, now)
        if isinstance(answer, float):
            return [Series({}, [(now, answer)])]
        return [Series(labels, [(now, value)]) for labels, value in answer]

    def range(self, query: str, seconds: float, step: float) -> list[Series]:
        now, found = time.time(), dict[str, Series]()
        for n in range(int(seconds / step), -1, -1):
            for labels, value in self.evaluate(query, now - n * step):
                one = found.setdefault(str(sorted(labels.items())), Series(labels, []))
                one.points.append((now - n * step, value))
        return [*found.values()]

    def alerts(self) -> dict[str, str]:
        """Only `firing`: this one has no patience to speak of."""
        can = {name: e for name, e in self.rules.items() if "min_over_time" not in e}
        return {name: "firing" for name, e in can.items() if self.instant(e)}

    def targets(self) -> dict[str, str]:
        said = self.instant("up")
        return {o.labels["job"]: "up" if o.value else "down" for o in said}

    def stop(self) -> None:
        self.scraper.stop()
