"""A race compares variants within a round and shows ratios, never seconds."""

import gc
from collections.abc import Callable
from functools import partial

import pytest

from chapters.toolkit import race, race_async
from chapters.toolkit.races import Race

MEASURED = Race(
    {"one by one": (4.0, 6.0, 40.0), "batched": (1.0, 2.0, 4.0)}, baseline="batched"
)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def test_the_ratio_is_the_median_over_rounds() -> None:
    assert MEASURED.ratio("one by one", "batched") == 4.0
    assert MEASURED.ratio("batched", "one by one") == 0.25


def test_the_spread_is_the_middle_half() -> None:
    assert MEASURED.spread("one by one", "batched") == (3.5, 7.0)
    assert Race({"a": (2.0,), "b": (1.0,)}, "b").spread("a", "b") == (2.0, 2.0)


def test_who_did_not_run_is_named() -> None:
    with pytest.raises(
        LookupError, match=r"'bached' did not run .* one by one, batched did"
    ):
        MEASURED.ratio("bached", "batched")


def test_what_is_printed_holds_no_number(capsys: pytest.CaptureFixture[str]) -> None:
    MEASURED.draw()
    words = "Bars: relative time of one by one, batched"
    assert capsys.readouterr().out == f"Picture: {words}\n"
    assert repr(MEASURED) == "<Race: one by one, batched>"
    data, metadata = MEASURED._repr_mimebundle_(include=None, exclude=None)
    assert data["text/plain"] == repr(MEASURED)
    assert metadata == {"image/png": {"alt": words}}


def test_the_picture_labels_ratios() -> None:
    times = {"slow": (12.0, 12.0), "fair": (1.5, 1.5), "fast": (1.0, 1.0)}
    axes = Race(times, "fast", "Three ways to count herons")._figure().axes[0]
    assert [text.get_text() for text in axes.texts] == ["12×", "1.5×", "1×"]
    assert axes.get_title() == "Three ways to count herons"


def test_rounds_take_turns() -> None:
    order: list[str] = []
    race({name: partial(order.append, name) for name in "abc"}, rounds=3, warmup=0)
    assert "".join(order) == "abcbcacab"


def test_each_turn_runs_number_times_after_a_warmup() -> None:
    calls: list[int] = []
    race({"a": lambda: calls.append(1), "b": int}, rounds=2, number=5)
    assert len(calls) == 1 + 2 * 5


@pytest.mark.alone
def test_more_work_takes_longer_and_the_fastest_is_the_baseline() -> None:
    work = {"long": lambda: sum(range(200_000)), "short": lambda: sum(range(2_000))}
    result = race(work, rounds=5)
    assert result.baseline == "short"
    assert result.ratio("long", "short") > 5
    assert race(work, rounds=1, baseline="long").baseline == "long"


def test_no_garbage_is_collected_while_the_clock_runs() -> None:
    seen: list[bool] = []
    race({"a": lambda: seen.append(gc.isenabled()), "b": int}, rounds=2, warmup=0)
    assert seen == [False, False]
    assert gc.isenabled()
    gc.disable()
    try:
        race({"a": int, "b": int}, rounds=1)
        assert not gc.isenabled()
    finally:
        gc.enable()


@pytest.mark.anyio
async def test_asynchronous_variants_are_awaited() -> None:
    order: list[str] = []

    async def heron() -> None:
        order.append("h")

    result = await race_async(
        {"heron": heron, "plain": lambda: order.append("p")}, rounds=2
    )
    assert "".join(order) == "hphpph"
    assert repr(result) == "<Race: heron, plain>"


async def _heron() -> None:
    raise AssertionError("never awaited")


class _Pending:
    def __await__(self) -> None:
        raise AssertionError("never awaited")


@pytest.mark.parametrize(
    ("variants", "settings", "error", "message"),
    [
        ({"a": int}, {}, ValueError, "at least two"),
        ({"a": int, "b": 7}, {}, TypeError, "'b' is not callable"),
        ({"a": int, "b": int}, {"rounds": 0}, ValueError, "at least 1"),
        ({"a": int, "b": int}, {"number": 0}, ValueError, "at least 1"),
        ({"a": int, "b": int}, {"baseline": "c"}, LookupError, "'c' is not one"),
        ({"a": _heron, "b": int}, {}, TypeError, "await race_async"),
        ({"a": int, "b": _Pending}, {}, TypeError, "'b' is asynchronous"),
    ],
)
def test_a_race_that_cannot_be_run_says_why(
    variants: dict[str, Callable[[], object]],
    settings: dict[str, int],
    error: type[Exception],
    message: str,
) -> None:
    with pytest.raises(error, match=message):
        race(variants, **settings)  # type: ignore[arg-type]


def test_an_error_says_which_variant_raised_it() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        race({"fine": int, "broken": lambda: 1 / 0})
    assert caught.value.__notes__ == ["raised by the variant 'broken' of the race"]
    assert gc.isenabled()
