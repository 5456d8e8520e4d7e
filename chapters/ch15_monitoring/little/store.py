"""Scrape targets at a steady pace and keep what they say, as Prometheus does."""

import threading
import time
from collections import defaultdict
from collections.abc import Mapping

import httpx
from prometheus_client.parser import text_string_to_metric_families

Key = tuple[tuple[str, str], ...]  # sorted labels, the metric's name among them
Point = tuple[float, float]


class Store:
    """Each time series' points: seconds since 1970, and a value."""

    def __init__(self) -> None:
        self.series: dict[Key, list[Point]] = defaultdict(list)
        self.lock = threading.Lock()

    def add(self, labels: Mapping[str, str], when: float, value: float) -> None:
        with self.lock:
            self.series[tuple(sorted(labels.items()))].append((when, value))

    def snapshot(self) -> dict[Key, list[Point]]:
        with self.lock:
            return {key: [*points] for key, points in self.series.items()}


class Scraper:
    """Asks every target for its /metrics; whoever does not answer has `up` 0."""

    def __init__(self, targets: Mapping[str, str], token: str, pace: float) -> None:
        self.targets, self.pace, self.store = targets, pace, Store()
        bearer = {"Authorization": f"Bearer {token}"}
        self.http = httpx.Client(headers=bearer, timeout=2, trust_env=False)
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self) -> None:
        while not self.ended.is_set():
            for job, url in self.targets.items():
                self.scrape(job, url)
            self.ended.wait(self.pace)

    def scrape(self, job: str, url: str) -> None:
        when, place = time.time(), httpx.URL(url).netloc.decode()
        about = {"job": job, "instance": place}
        try:
            text = self.http.get(f"{url}/metrics").raise_for_status().text
        except httpx.HTTPError:
            return self.store.add({"__name__": "up", **about}, when, 0)
        self.store.add({"__name__": "up", **about}, when, 1)
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                labels = {"__name__": sample.name, **sample.labels, **about}
                self.store.add(labels, when, sample.value)

    def stop(self) -> None:
        self.ended.set()
        self.thread.join()
        self.http.close()
