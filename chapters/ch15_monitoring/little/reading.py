"""A part of PromQL: selectors, rate, increase, histogram_quantile, sum by, arithmetic.

Try: evaluate("sum by(face) (observatory_die_rolls_total)", store.snapshot(), now)
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from chapters.ch15_monitoring.little import words
from chapters.ch15_monitoring.little.functions import (
    AGGREGATIONS,
    Point,
    Vector,
    aggregate,
    histogram_quantile,
    increase,
)
from chapters.ch15_monitoring.little.operators import combine
from chapters.ch15_monitoring.little.store import Key
from chapters.ch15_monitoring.little.words import Unread


class Reader:
    """Reads a question from left to right and answers each part at once."""

    def __init__(self, query: str, series: Mapping[Key, list[Point]], now: float):
        self.words = words.split(query)
        self.series, self.now = series, now

    def next(self, *wanted: str) -> str:
        """Take the next word; if some are wanted, only one of those."""
        if self.words and (not wanted or self.words[0] in wanted):
            return str(self.words.pop(0))
        return ""

    def must(self, word: str) -> None:
        if not self.next(word):
            raise Unread(f"I expected {word!r} before {' '.join(self.words)!r}")

    def binary(self, level: int = 0) -> Any:
        if level == len(words.LEVELS):
            return self.atom(self.next())
        left = self.binary(level + 1)
        while sign := self.next(*words.LEVELS[level]):
            left = combine(sign, left, self.binary(level + 1))
        return left

    def atom(self, word: str) -> Any:
        if word == "(":
            inner = self.binary()
            self.must(")")
            return inner
        if re.fullmatch(r"[\d.]+", word):
            return float(word)
        if word in AGGREGATIONS:
            before = self.kept()
            [vector] = self.arguments()
            return aggregate(word, before or self.kept() or ("by", []), vector)
        return self.call(word) if self.words[:1] == ["("] else self.select(word)

    def call(self, name: str) -> Vector:
        asked = self.arguments()
        if name == "histogram_quantile":
            return histogram_quantile(*asked)
        if name not in ("rate", "increase"):
            raise Unread(f"I do not know {name}")
        [(window, matrix)] = asked
        divisor = window if name == "rate" else 1.0
        return [
            (labels, increase(points, self.now - window, self.now) / divisor)
            for labels, points in matrix
            if len(points) > 1
        ]

    def kept(self) -> tuple[str, list[str]] | None:
        """Which labels a sum keeps: `by` names them, `without` all others."""
        how = self.next("by", "without")
        return (how, self.arguments(self.next)) if how else None

    def arguments(self, read: Callable[[], Any] | None = None) -> list[Any]:
        """What stands between brackets: expressions, or names with `read`."""
        one = read or self.binary
        self.must("(")
        found = [one()]
        while self.next(","):
            found.append(one())
        self.must(")")
        return found

    def matchers(self, name: str) -> list[tuple[str, str, str]]:
        found = [("__name__", "=", name)] if name != "{" else []
        if name == "{" or self.next("{"):
            while not self.next("}"):
                label, sign = self.next(), self.next(*words.MATCHES)
                found.append((label, sign, words.text(self.next())))
                self.next(",")
        return found

    def select(self, name: str) -> Any:
        """The series that match; with [5s] behind it, their points of that time."""
        wanted = self.matchers(name)
        found = [
            (dict(key), [p for p in points if p[0] <= self.now])
            for key, points in self.series.items()
            if all(
                words.MATCHES[sign](dict(key).get(k, ""), v) for k, sign, v in wanted
            )
        ]
        if self.next("["):
            window = words.seconds(self.next())
            self.must("]")
            since = self.now - window
            inside = [(k, [p for p in ps if p[0] > since]) for k, ps in found]
            return window, [(words.without_name(k), ps) for k, ps in inside]
        return [
            (k, ps[-1][1])
            for k, ps in found
            if ps and ps[-1][0] > self.now - words.STALE
        ]
