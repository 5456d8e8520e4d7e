"""Ask a Prometheus server. Try: Prometheus("http://localhost:9090").instant("up")"""

import time
from dataclasses import dataclass
from typing import Any

import httpx

Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Series:
    """One answer: its labels, and its points as (seconds, value)."""

    labels: dict[str, str]
    points: list[tuple[float, float]]

    @property
    def value(self) -> float:
        return self.points[-1][1]


class Refused(ValueError):
    """The server could not read the question; the message is the server's."""


class Prometheus:
    name = "Prometheus"

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=10, trust_env=False)

    def _get(self, path: str, **asked: str | float) -> Any:
        said = self.http.get(f"/api/v1/{path}", params=asked).json()
        if said["status"] != "success":
            raise Refused(said["error"])
        return said["data"]

    def instant(self, query: str) -> list[Series]:
        """The value now, of each series."""
        data = self._get("query", query=query)
        if data["resultType"] == "scalar":
            return [Series({}, [_point(data["result"])])]
        found = data["result"]
        return [Series(one["metric"], [_point(one["value"])]) for one in found]

    def range(self, query: str, seconds: float, step: float) -> list[Series]:
        """The values of the last seconds, one a step."""
        end = time.time()
        times = {"start": end - seconds, "end": end, "step": step}
        found = self._get("query_range", query=query, **times)["result"]
        return [Series(one["metric"], [*map(_point, one["values"])]) for one in found]

    def alerts(self) -> dict[str, str]:
        """Each alert that is not at rest: `pending`, then `firing`."""
        found = self._get("alerts")["alerts"]
        return {one["labels"]["alertname"]: one["state"] for one in found}

    def targets(self) -> dict[str, str]:
        """Each job's health: `up`, `down` or `unknown`."""
        found = self._get("targets")["activeTargets"]
        return {one["labels"]["job"]: one["health"] for one in found}


def _point(raw: tuple[float, str]) -> tuple[float, float]:
    return float(raw[0]), float(raw[1])
