"""Chapter 2's lessons, read a second time: each test is a lesson's claim."""

import asyncio
import runpy
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
import uvicorn

from chapters.ch02_python import (
    aliases,
    annotated,
    any_and_cast,
    app,
    callable_objects,
    callables,
    classes,
    comprehensions,
    context_managers,
    control_flow,
    coroutines,
    dataclasses_,
    decorators,
    dicts_and_sets,
    enums,
    errors,
    exercises,
    fetching,
    forgotten_await,
    functions,
    gathering,
    generators,
    inheritance,
    lists_and_slices,
    loops,
    magic_methods,
    modules,
    mutable_default,
    operators,
    paths,
    protocols,
    task_groups,
    threads,
    timeline,
    timeouts,
    type_checker,
    type_hints,
    typed_dicts,
    unions,
    values_and_types,
)
from chapters.toolkit import check, launch
from chapters.toolkit.processes import Process

HERE = Path(__file__)
SOLUTIONS = HERE.parents[1] / "solutions" / "ch02_python"
ANSWERS = {
    "next_status": "next_status",
    "all_pages": "all_pages",
    "distance": "Distance",
    "callable_counter": "Counter",
    "concurrent": "collect",
}

# -- values and collections ----------------------------------------------------


def test_a_name_may_point_at_any_type_and_types_never_mix_by_themselves() -> None:
    assert values_and_types.rebind() == ["int", "str", "NoneType"]
    assert values_and_types.add(1, 1.5) == 2.5
    with pytest.raises(TypeError, match="unsupported operand"):
        values_and_types.add(3, "otters")


def test_every_scalar_shows_itself_and_its_type() -> None:
    described = [values_and_types.describe(value) for value in values_and_types.SCALARS]
    assert described[4:] == ["'otter' is str", "None is NoneType"]
    assert values_and_types.forecast(3).startswith("3 otters today, 6 if")


def test_slices_start_in_and_end_out() -> None:
    assert lists_and_slices.SLICES["WALK[1:3]"] == ["otter", "kestrel"]
    assert lists_and_slices.SLICES["WALK[-1]"] == "wren"
    assert lists_and_slices.SLICES["POSITION[::-1]"] == (12, 1.6, 52.4)


def test_a_copy_leaves_the_list_alone_and_append_does_not() -> None:
    walk = ["heron"]
    assert lists_and_slices.corrected(walk, 0, "crane") == ["crane"]
    assert walk == ["heron"]
    lists_and_slices.add_in_place(walk, "otter")
    assert walk == ["heron", "otter"]


def test_unpacked_names_are_rebound_and_the_tuple_stays() -> None:
    position = (50.0, 1.0, 3)
    assert lists_and_slices.north_of(position, 2) == (52.0, 1.0, 3)
    assert position == (50.0, 1.0, 3)
    with pytest.raises(TypeError, match="does not support item assignment"):
        cast(Any, position)[0] = 1


def test_a_dict_overwrites_and_a_set_remembers_once() -> None:
    assert dicts_and_sets.recorded({"newt": 1}, "newt", 2) == {"newt": 2}
    assert dicts_and_sets.count_of({}, "newt") == 0
    assert dicts_and_sets.in_both() == ["heron", "otter"]
    assert dicts_and_sets.in_either() == ["avocet", "heron", "newt", "otter"]
    assert dicts_and_sets.only_at_the_pond() == ["newt"]


def test_equal_is_not_identical() -> None:
    walk = ["heron"]
    assert operators.compare(walk, ["heron"]) == {"==": True, "is": False}
    assert operators.compare(walk, walk) == {"==": True, "is": True}
    agreeable = operators.Agreeable()
    assert operators.compare(agreeable, None) == {"==": True, "is": False}


def test_operators_answer_about_operands_and_keys() -> None:
    assert operators.worth_a_trip(3, 9, raining=False)
    assert not operators.worth_a_trip(3, 9, raining=True)
    assert operators.name_or_unknown("") == "unknown"
    asked = operators.membership()
    assert [question for question, yes in asked.items() if not yes] == [
        "a dict's value"
    ]


# -- control flow, functions, modules ------------------------------------------


def test_branches_take_the_first_that_fits() -> None:
    assert [control_flow.abundance(n) for n in (0, 2, 9)] == [
        "absent",
        "scarce",
        "common",
    ]
    assert control_flow.advice("published") == "It counts."
    assert "warden" in control_flow.advice("reported")
    with pytest.raises(ValueError, match="no such status: 'lost'"):
        control_flow.advice("lost")


@pytest.mark.parametrize(
    ("message", "meaning"),
    [
        ({"species": "otter", "count": 3}, "3 of otter"),
        ({"species": "otter", "count": 1}, "one otter"),
        (["heron", "newt", "wren"], "heron and 2 more"),
        ([], "nothing I know"),
    ],
)
def test_a_pattern_tests_the_shape_of_a_message(message: Any, meaning: str) -> None:
    assert control_flow.read_message(message) == meaning


def test_loops_walk_page_and_stop() -> None:
    assert loops.even_posts(10) == [2, 4, 6, 8, 10]
    assert len(loops.all_items()) == 9
    assert loops.until_blank(["# log", " heron ", "newt", "", "wren"]) == [
        "heron",
        "newt",
    ]
    assert len(range(10**9)) == 10**9


def test_a_signature_says_how_it_wants_to_be_called() -> None:
    assert functions.report("otter", station="SM3") == "1 x otter at SM3"
    assert functions.hours_and_minutes(135) == (2, 15)
    assert functions.longest("newt", "grey heron", "otter") == "grey heron"
    assert functions.labels(light="dusk") == ["light: dusk"]
    assert functions.report_from({"species": "newt"}) == "1 x newt at HP1"
    assert functions.distance(2, 4.4, rounded=True) == 2
    assert functions.distance(2.5, 2) == 0.5
    with pytest.raises(TypeError, match="positional"):
        cast(Any, functions.distance)(start=2, end=4)


def test_a_mutable_default_is_shared_by_all_calls() -> None:
    mutable_default.note_shared("otter")
    assert mutable_default.note_shared("newt")[-2:] == ["otter", "newt"]
    mutable_default.note_fresh("otter")
    assert mutable_default.note_fresh("newt") == ["newt"]


def test_a_package_runs_once_however_often_it_is_imported(
    capsys: pytest.CaptureFixture[str],
) -> None:
    modules.open_guide()
    modules.close_guide()
    capsys.readouterr()
    assert [modules.open_guide(), modules.open_guide()] == [3, 3]
    assert capsys.readouterr().out == "The field guide is opened.\n"
    assert modules.GUIDE in sys.modules
    from chapters.ch02_python.field_guide.shore.waders import wading_call

    assert wading_call("wren") == "tic-tic-tic (splash)"
    assert modules.opened_on(2026, 5, 1) == date(2026, 5, 1)


def test_comprehensions_make_lists_sets_and_dicts() -> None:
    assert comprehensions.even_posts(10) == loops.even_posts(10)
    assert comprehensions.name_lengths() == {4, 5}
    assert comprehensions.by_count()[3] == ["otter", "newt"]
    assert comprehensions.simulated_counts(5) == comprehensions.simulated_counts(5)


def test_a_generator_works_only_when_asked_and_only_once() -> None:
    assert list(generators.even_posts(4)) == ["post 2", "post 4"]
    squares = generators.squares_of([1, 2])
    assert (list(squares), list(squares)) == ([1, 4], [])
    diary: list[str] = []
    reader = generators.pages(diary)
    assert diary == []
    assert next(reader) == "morning"
    assert diary == ["read morning"]
    assert list(reader) == ["noon", "night"]
    assert diary[-1] == "after the last page"


def test_finally_cleans_up_after_an_early_close_too() -> None:
    diary: list[str] = []
    reader = cast(Any, generators.guarded_pages(diary))
    next(reader)
    reader.close()
    assert diary == ["open", "close"]
    assert [*generators.guarded_pages(diary)] == ["morning", "noon", "night"]
    assert diary == ["open", "close"] * 2


def test_a_path_writes_where_it_says(tmp_path: Path) -> None:
    path = paths.write_log(tmp_path, "HP1", ["two herons"])
    assert path.relative_to(tmp_path).parts == ("logs", "HP1.txt")
    assert path.read_text(encoding="utf-8") == "two herons"
    assert paths.own_first_line().startswith('"""A `Path` is')


# -- classes -------------------------------------------------------------------


def test_instances_keep_their_own_values_and_share_the_class() -> None:
    pond, ridge = classes.Station.parse("HP1 pond"), classes.Station("PR2")
    assert pond.welcome("Ada") == "HP1 welcomes Ada."
    assert pond.welcome() == "HP1 welcomes a stranger."
    assert (pond.visits, ridge.visits, ridge.habitat) == (2, 0, "unknown")
    assert pond.network is ridge.network


def test_a_value_class_shows_compares_hashes_and_adds() -> None:
    Wingspan = magic_methods.Wingspan
    heron, kestrel = Wingspan(185), Wingspan(75)
    assert eval(repr(heron), {"Wingspan": Wingspan}) == heron
    assert str(kestrel) == "0.75 m from tip to tip"
    assert sorted([heron, kestrel]) == [kestrel, heron]
    assert heron >= kestrel
    assert len({heron, Wingspan(185)}) == 1
    assert heron + kestrel == Wingspan(260)
    assert heron != "large"
    with pytest.raises(TypeError, match="not supported"):
        sorted([heron, "large"])  # type: ignore[type-var]


def test_less_alone_gives_greater_but_not_greater_or_equal() -> None:
    small, large = magic_methods.OnlyLess(1), magic_methods.OnlyLess(2)
    assert large > small
    with pytest.raises(TypeError, match="'>=' not supported"):
        assert cast(Any, large) >= small


def test_a_callable_object_remembers() -> None:
    limiter = callable_objects.Limiter(3)
    assert [limiter(), limiter(5), limiter()] == [1, 2, 0]


def test_the_mro_says_who_is_asked_next() -> None:
    otter = inheritance.Otter("otter")
    assert otter.describe() == "otter, runs, swims"
    assert otter.shout() == "OTTER, RUNS, SWIMS!"
    assert inheritance.Newt("newt").describe() == "newt"
    assert inheritance.order_of(inheritance.Otter)[:4] == [
        "Otter",
        "Shouting",
        "Swimmer",
        "Runner",
    ]


def test_an_exception_keeps_its_cause_and_finally_always_runs() -> None:
    with pytest.raises(errors.UnreadableCount, match="'many' is no count") as caught:
        errors.read_count("many")
    assert isinstance(caught.value.__cause__, ValueError)
    log: list[str] = []
    assert errors.logged_count("3", log) == 3
    assert errors.logged_count("-3", log) is None
    assert log == ["accepted", "done", "refused -3", "done"]


def test_with_opens_the_door_whatever_happens_inside() -> None:
    diary: list[str] = []
    with context_managers.Hide(diary):
        pass
    with pytest.raises(KeyError), context_managers.Hide(diary):
        raise KeyError("otter")
    assert diary[1::2] == ["door open after peace", "door open after KeyError"]
    with pytest.raises(KeyError), context_managers.hide(diary):
        raise KeyError("otter")
    with context_managers.hide(diary):
        assert diary[-2:] == ["door open", "door closed"]
    assert diary[-1] == "door open"
    assert context_managers.first_or_nothing([]) is None
    assert context_managers.first_or_nothing(["newt"]) == "newt"


def test_a_dataclass_compares_copies_and_converts() -> None:
    one = dataclasses_.Sighting("otter", "SM3")
    assert one == dataclasses_.Sighting("otter", "SM3")
    assert dataclasses_.corrected(one, 3).count == 3
    assert dataclasses_.as_row(one)["notes"] == []
    assert one.notes is not dataclasses_.Sighting("newt", "HP1").notes
    places = {dataclasses_.Position(52.0, 1.0), dataclasses_.Position(52.0, 1.0)}
    assert len(places) == 1


def test_an_enum_lists_what_is_allowed() -> None:
    assert [str(habitat) for habitat in enums.Habitat] == ["pond", "ridge", "marsh"]
    assert enums.boots(enums.parse("pond")) == "rubber"
    assert enums.boots(enums.Habitat.RIDGE) == "leather"
    assert enums.Certainty.SURE > enums.Certainty.GUESS
    with pytest.raises(ValueError, match="'desert' is not a valid Habitat"):
        enums.parse("desert")
    with pytest.raises(AssertionError):
        enums.boots(cast(Any, "desert"))


def test_a_decorator_counts_or_registers_and_keeps_the_name() -> None:
    before = decorators.CALLS.get("weigh", 0)
    assert decorators.weigh(7) == "7 g"
    assert decorators.CALLS["weigh"] == before + 1
    assert decorators.weigh.__name__ == "weigh"
    assert decorators.ROUTES["/otters"]() == "three otters"


# -- types ---------------------------------------------------------------------


def test_hints_are_stored_and_not_enforced() -> None:
    assert cast(Any, type_hints.announce)(3, "otter") == "otter x 3"
    assert type_hints.announce.__annotations__["count"] is int
    checklist = type_hints.Checklist()
    checklist.add(type_hints.Species("newt"))
    assert checklist.names() == ["newt"]


def test_unions_are_narrowed_before_use() -> None:
    assert unions.greet() == "Welcome, stranger."
    assert unions.greet("ada") == "Welcome, Ada."
    assert (unions.station_number("HP1"), unions.station_number(7)) == (1, 7)


def test_aliases_and_callables_are_types_like_any_other() -> None:
    assert aliases.northernmost([(51.0, 2.0), (53.0, 1.0)]) == (53.0, 1.0)
    assert aliases.sign(aliases.StationCode("HP1")) == "You are at HP1."
    assert callables.keep([1, 3, 5], callables.is_flock) == [3, 5]
    assert callables.call_twice(lambda: "kee") == ["kee", "kee"]


def test_a_cast_is_a_promise_and_looking_is_better() -> None:
    assert any_and_cast.read_name('{"name": "otter"}') == "otter"
    assert cast(object, any_and_cast.read_name('{"name": 7}')) == 7
    assert any_and_cast.read_name_safely('{"name": "otter"}') == "otter"
    with pytest.raises(TypeError, match="not int"):
        any_and_cast.read_name_safely('{"name": 7}')


def test_annotations_turn_text_into_arguments() -> None:
    report = annotated.report
    told = annotated.call_with_text(report, species="otter", count="3")
    assert told == "3 x otter"
    with pytest.raises(ValueError, match="count should be at least 1"):
        annotated.call_with_text(report, species="otter", count="0")


def test_a_protocol_asks_for_methods_and_not_for_parents() -> None:
    members: list[protocols.CanCall] = [protocols.Kestrel(), protocols.Doorbell()]
    assert protocols.dawn_chorus(members) == "kee kee, ding ding"


def test_a_typed_dict_is_a_plain_dict() -> None:
    sighting: typed_dicts.Sighting = {"species": "owl", "count": 1, "light": "night"}
    assert typed_dicts.headline(sighting) == "1 x owl by night: no note"
    assert type(sighting) is dict


def test_mypy_accepts_the_good_file_and_names_the_lines_of_the_bad_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    good = type_checker.check_types(type_checker.HERE / "checked_good.py")
    assert good == "Success: no issues found in 1 source file"
    bad = type_checker.HERE / "checked_bad.py.txt"
    assert type_checker.check_types(bad).startswith("checked_bad.py.txt:7: error: ")
    found = [(row["line"], row["code"]) for row in type_checker.complaints(bad)]
    assert found == [("7", "return-value"), ("15", "arg-type"), ("17", "arg-type")]
    assert type_checker.complaints(type_checker.HERE / "checked_good.py") == []
    runpy.run_path(str(bad))
    runpy.run_path(str(type_checker.HERE / "checked_good.py"))
    assert capsys.readouterr().out == "3 x otter\n[]\n3 x otter\n[4, 2]\n"


# -- waiting -------------------------------------------------------------------


def test_asyncio_run_is_the_entry(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(coroutines.__file__), run_name="__main__")
    assert capsys.readouterr().out == "The night begins.\nheard a nightjar\n"


@pytest.mark.anyio
async def test_turns_pass_only_where_a_coroutine_waits() -> None:
    assert await gathering.take_turns(3) == ("ABABAB", ["A is home", "B is home"])
    assert (await gathering.take_turns(3, polite=False))[0] == "AAABBB"


@pytest.mark.anyio
async def test_a_failing_task_calls_the_others_off() -> None:
    diary: list[str] = []
    assert await task_groups.survey(["HP1", "PR2"]) == ["hp1", "pr2"]
    with pytest.raises(ExceptionGroup) as caught:
        await task_groups.survey(["HP1", "??"], diary)
    assert [str(error) for error in caught.value.exceptions] == ["no station ??"]
    assert diary == ["HP1 called off"]


@pytest.mark.anyio
async def test_patience_ends() -> None:
    assert await timeouts.answer_within(5, needs=0) == "answered"
    assert await timeouts.answer_within(0.01, needs=5) == "gave up"


@pytest.mark.anyio
async def test_threads_overlap_and_blocking_calls_do_not() -> None:
    assert threads.overlap(await threads.develop_all(["a", "b"], 0.2))
    alone = await threads.develop_all(["a", "b"], in_threads=False)
    assert not threads.overlap(alone)
    figure = timeline.draw({"alone": alone, "again": alone})
    assert [axes.get_title() for axes in figure.axes] == ["alone", "again"]


@pytest.mark.anyio
async def test_a_forgotten_await_runs_nothing() -> None:
    bell: list[str] = []
    assert await forgotten_await.careless(bell) == [
        "coroutine 'ring' was never awaited"
    ]
    assert bell == []
    await forgotten_await.careful(bell)
    assert bell == ["rang"]


# -- the application -----------------------------------------------------------


@pytest.fixture(scope="module")
def api() -> Any:
    with launch("chapters.ch02_python") as process:
        yield process


def test_the_sightings_come_politely_or_not(api: Process) -> None:
    for path in ("/sightings", "/blocking", "/sightings?delay=0.01"):
        assert api.get(path).json() == app.SIGHTINGS
    assert api.get("/sightings?delay=9").status_code == 422


@pytest.mark.anyio
async def test_all_three_ways_fetch_the_same(api: Process) -> None:
    async with fetching.connect(api.url) as client:
        assert await fetching.one_by_one(client, "/sightings", 2) == [200, 200]
        assert await fetching.gathered(client, "/sightings", 2) == [200, 200]
    with fetching.connect_blocking(api.url) as blocking:
        assert await fetching.threaded(blocking, "/sightings", 2) == [200, 200]


def test_the_package_serves_its_app(monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[Any] = []
    monkeypatch.setattr(uvicorn, "run", lambda *a, **k: served.append((a, k)))
    runpy.run_module("chapters.ch02_python", run_name="__main__")
    assert served == [
        (("chapters.ch02_python.app:app",), {"host": "127.0.0.1", "port": 8002})
    ]


# -- the exercises -------------------------------------------------------------


def answer(path: Path) -> Any:
    return runpy.run_path(str(path))[ANSWERS[path.name.partition(".")[0]]]


def exercise_id(path: Path) -> str:
    return f"ch02.{path.name.partition('.')[0].replace('_', '-')}"


@pytest.fixture
def quiet_progress(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))


@pytest.mark.usefixtures("quiet_progress")
@pytest.mark.parametrize(
    "path", sorted(SOLUTIONS.glob("*.py")), ids=lambda path: path.stem
)
def test_a_solution_passes(path: Path) -> None:
    mine = answer(path)
    assert check(exercise_id(path), mine).passed
    assert check(exercise_id(path), mine).passed  # a check leaves no trace


@pytest.mark.usefixtures("quiet_progress")
@pytest.mark.parametrize(
    "path", sorted(SOLUTIONS.glob("wrong/*.py")), ids=lambda path: path.stem
)
def test_a_wrong_answer_hears_why(path: Path) -> None:
    expected = path.read_text(encoding="utf-8").splitlines()[0]
    mine = answer(path)
    result = check(exercise_id(path), mine)
    assert not result.passed
    assert expected.removeprefix("# expect: ") in result.message
    assert check(exercise_id(path), mine).message == result.message


# What else learners get wrong, one a line: the check, an answer, what it says.


def shifted(status: str) -> str:
    return {"reported": "confirmed"}.get(status, status)


def mute(status: str) -> str:
    steps = dict(zip(exercises.ORDER, exercises.ORDER[1:], strict=False))
    if status not in steps:
        raise ValueError("no")
    return "published" if status == "published" else steps[status]


def first_page_only(archive: exercises.Archive) -> Any:
    yield from archive.page(1)["items"]


def never_closed(archive: exercises.Archive) -> Any:
    for number in (1, 2, 3):
        yield from archive.page(number)["items"]


def stands_still(archive: exercises.Archive) -> Any:
    while True:
        yield from archive.page(1)["items"]


def reads_ahead(archive: exercises.Archive) -> Any:
    pages = [archive.page(number) for number in (1, 2, 3)]
    try:
        for page in pages:
            yield from page["items"]
    finally:
        archive.close()


def distance(**changes: Any) -> type:
    """The solution with some methods replaced."""
    return type("Distance", (answer(SOLUTIONS / "distance.py"),), changes)


def raising(self: Any, other: object) -> bool:
    raise TypeError("no")


def trusting(self: Any, other: Any) -> bool:
    return bool(self.metres < other.metres)


def in_words(self: Any) -> str:
    return f"{self.amount} {self.unit}"


class Total:
    """Counts everything, whatever was wanted."""

    def __init__(self, wanted: Callable[[str], bool]) -> None:
        self.seen = 0

    def __call__(self, species: str) -> int:
        self.seen += 1
        return self.seen


async def backwards(codes: Any, ask: Any, develop: Any) -> list[str]:
    async def one(code: str) -> str:
        return await asyncio.to_thread(develop, await ask(code))

    return (await asyncio.gather(*map(one, codes)))[::-1]


@pytest.mark.usefixtures("quiet_progress")
@pytest.mark.parametrize(
    ("name", "wrong", "message"),
    [
        ("next-status", shifted, "Expected `'reviewed'`"),
        ("next-status", mute, "Expected the refused value in it"),
        ("all-pages", first_page_only, "Expected the five items"),
        ("all-pages", never_closed, "I counted 0 calls of `archive.close()`"),
        ("all-pages", stands_still, "pages [1, 1, 1] and then for page 1"),
        ("all-pages", reads_ahead, "pages [1, 2, 3] had been asked for"),
        ("distance", distance(__eq__=lambda s, o: s is o), "the same way to walk"),
        ("distance", distance(__repr__=in_words), "pasted back"),
        ("distance", distance(__lt__=lambda s, o: False), "units must not matter"),
        ("distance", distance(__gt__=raising), "Python said: no"),
        ("distance", distance(__lt__=trusting), "the error AttributeError"),
        (
            "distance",
            distance(__hash__=lambda s: hash(s.unit)),
            "Two equal distances",
        ),
        ("callable-counter", lambda wanted: str.upper, "no method `__call__` of yours"),
        ("callable-counter", Total, "Expected [1, 1, 2]"),
        ("concurrent", backwards, "in the order of the questions"),
    ],
)
def test_other_mistakes_are_told_apart(name: str, wrong: Any, message: str) -> None:
    result = check(f"ch02.{name}", wrong)
    assert not result.passed
    assert message in result.message
