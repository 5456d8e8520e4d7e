"""Compare how long variants take, as ratios that survive a busy machine.

Try: race({"list": lambda: 9 in list(range(9999)), "set": lambda: 9 in {9}})
"""

import gc
import inspect
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter
from typing import TYPE_CHECKING, Any

from chapters.toolkit.show import picture, picture_bundle

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_TICK = 1e-9  # a clock that did not move still took this long
_INK, _BAR, _BASE = "#222831", "#4f86c6", "#3c9d6b"


@dataclass(frozen=True, repr=False)
class Race:
    """What a race measured: seconds per variant and round."""

    times: Mapping[str, tuple[float, ...]]
    baseline: str
    title: str = ""

    def ratio(self, slow: str, fast: str) -> float:
        """How many times as long `slow` took as `fast`: the median over rounds."""
        return median(self._ratios(slow, fast))

    def spread(self, slow: str, fast: str) -> tuple[float, float]:
        """The middle half of those ratios: their lower and upper quartile."""
        ratios = self._ratios(slow, fast)
        if len(ratios) == 1:
            return ratios[0], ratios[0]
        low, _, high = quantiles(ratios, n=4, method="inclusive")
        return low, high

    def _ratios(self, slow: str, fast: str) -> list[float]:
        for name in (slow, fast):
            if name not in self.times:
                ran = ", ".join(self.times)
                raise LookupError(f"{name!r} did not run in this race: {ran} did")
        pairs = zip(self.times[slow], self.times[fast], strict=True)
        return [a / b for a, b in pairs]

    @property
    def alt(self) -> str:
        """The picture in words; no number in it, so it is the same in every run."""
        return f"Bars: relative time of {', '.join(self.times)}"

    def draw(self) -> None:
        """Show the picture: a bar a variant, one `1×` the baseline's time."""
        picture(self._figure(), self.alt)

    def __repr__(self) -> str:
        return f"<Race: {', '.join(self.times)}>"

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = picture_bundle(self._figure(), self.alt)
        return data | {"text/plain": repr(self)}, metadata

    def _figure(self) -> "Figure":
        from matplotlib.figure import Figure

        names = list(self.times)
        middles = [self.ratio(name, self.baseline) for name in names]
        spreads = [self.spread(name, self.baseline) for name in names]
        figure = Figure(figsize=(7, 0.7 + 0.5 * len(names)))
        axes = figure.subplots()
        colours = [_BASE if name == self.baseline else _BAR for name in names]
        axes.barh(names, middles, color=colours, height=0.6)
        whiskers = [
            [max(0.0, m - low) for m, (low, _) in zip(middles, spreads, strict=True)],
            [max(0.0, high - m) for m, (_, high) in zip(middles, spreads, strict=True)],
        ]
        axes.errorbar(
            middles, names, xerr=whiskers, fmt="none", ecolor=_INK, capsize=3, lw=1
        )
        _label(axes, middles, [high for _, high in spreads])
        axes.set_title(self.title or "Relative time (shorter is faster)", color=_INK)
        return figure


def _label(axes: Any, middles: list[float], highs: list[float]) -> None:
    room = max(*middles, *highs)
    for row, (middle, high) in enumerate(zip(middles, highs, strict=True)):
        text = f"{middle:.0f}×" if middle >= 9.5 else f"{middle:.2g}×"
        x = max(middle, high) + 0.02 * room
        axes.text(x, row, text, va="center", color=_INK)
    axes.set_xlim(0, 1.15 * room)
    axes.invert_yaxis()
    axes.xaxis.set_visible(False)
    axes.tick_params(axis="y", length=0, colors=_INK)
    axes.spines[:].set_visible(False)
    axes.set_facecolor("none")


Variant = Callable[[], object]


def race(
    variants: Mapping[str, Variant],
    *,
    rounds: int = 7,
    number: int = 1,
    baseline: str | None = None,
    title: str = "",
    warmup: int = 1,
) -> Race:
    """Run each variant `number` times a round, in turn, and compare within rounds."""
    _sensible(variants, rounds, number, baseline)
    times: dict[str, list[float]] = {name: [] for name in variants}
    for name in [*variants] * warmup:
        with _named(name):
            _finished(variants[name](), name)
    with _quiet():
        for name in _turns(variants, rounds):
            with _named(name):
                start = perf_counter()
                for _ in range(number):
                    _finished(variants[name](), name)
                times[name].append(max(perf_counter() - start, _TICK))
    return _race(times, baseline, title)


async def race_async(
    variants: Mapping[str, Callable[[], Awaitable[object] | object]],
    *,
    rounds: int = 7,
    number: int = 1,
    baseline: str | None = None,
    title: str = "",
    warmup: int = 1,
) -> Race:
    """As `race`, for variants that are awaited: `await race_async({...})`."""
    _sensible(variants, rounds, number, baseline)
    times: dict[str, list[float]] = {name: [] for name in variants}
    for name in [*variants] * warmup:
        with _named(name):
            await _awaited(variants[name]())
    with _quiet():
        for name in _turns(variants, rounds):
            with _named(name):
                start = perf_counter()
                for _ in range(number):
                    await _awaited(variants[name]())
                times[name].append(max(perf_counter() - start, _TICK))
    return _race(times, baseline, title)


def _race(times: dict[str, list[float]], baseline: str | None, title: str) -> Race:
    fastest = min(times, key=lambda name: median(times[name]))
    measured = {name: tuple(seconds) for name, seconds in times.items()}
    return Race(measured, baseline or fastest, title)


def _turns(variants: Mapping[str, object], rounds: int) -> Iterator[str]:
    """Every variant once a round; each round begins with another one."""
    names = list(variants)
    for turn in range(rounds):
        first = turn % len(names)
        yield from names[first:] + names[:first]


def _finished(result: object, name: str) -> None:
    if inspect.isawaitable(result):
        if inspect.iscoroutine(result):
            result.close()
        raise TypeError(f"{name!r} is asynchronous: use `await race_async(...)`")


async def _awaited(result: object) -> None:
    if inspect.isawaitable(result):
        await result


def _sensible(
    variants: Mapping[str, object], rounds: int, number: int, baseline: str | None
) -> None:
    if len(variants) < 2:
        raise ValueError("a race needs at least two variants")
    for name, variant in variants.items():
        if not callable(variant):
            raise TypeError(f"{name!r} is not callable: write `lambda: ...` around it")
    if rounds < 1 or number < 1:
        raise ValueError("rounds and number are at least 1")
    if baseline is not None and baseline not in variants:
        raise LookupError(f"the baseline {baseline!r} is not one of the variants")


@contextmanager
def _named(name: str) -> Iterator[None]:
    """An error says which variant it comes from."""
    try:
        yield
    except Exception as error:
        error.add_note(f"raised by the variant {name!r} of the race")
        raise


@contextmanager
def _quiet() -> Iterator[None]:
    """No garbage collection while the clock runs."""
    collects = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
