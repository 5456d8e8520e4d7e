"""The exercises of chapter 11. Each check hands the learner's code our data."""

import warnings
from collections.abc import Callable, Sequence
from functools import partial
from operator import index
from typing import Any

import numpy as np
import pandas as pd
from joblib import parallel_config
from numpy.typing import NDArray
from sklearn.model_selection import cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from chapters.toolkit.checks import exercise, short


def said(call: str, got: object, expected: object, because: str) -> str:
    """Asked, came back, expected, why."""
    return (
        f"I called `{call}` and got `{short(got)}`. Expected `{short(expected)}`, "
        f"because {because}"
    )


def unchanged(before: Any, after: Any, what: str) -> None:
    assert (
        before.equals(after) if hasattr(before, "equals") else (before == after).all()
    ), (
        f"After your function ran, my {what} had changed. Expected it as it was, "
        "because whoever hands data in still needs it: work on a copy."
    )


# --- arrays -----


@exercise(
    "ch11.mask",
    title="The mean of what was counted",
    hints=(
        "Which comparison tells the days that somebody counted from the others?",
        "`counts >= 0` is a mask; `np.where` or a product with the mask puts 0 where "
        "nobody counted, and the mask's own sum along `axis=1` is the number of days.",
        "`days = (counts >= 0).sum(axis=1)`; `total = np.where(counts >= 0, counts, "
        "0).sum(axis=1)`; `np.divide(total, days, out=np.full(len(days), np.nan), "
        "where=days > 0)`.",
    ),
    why="a number that means 'no number' poisons every mean; a mask keeps it out.",
)
def mask(mean_counted: Callable[..., Any]) -> None:
    for rows, means, because in (
        (
            [[4, 6, 8], [0, 3, 0]],
            [6, 1],
            "0 is a count: somebody came and saw nothing.",
        ),
        ([[4, -1, 8], [-1, 5, -1]], [6, 5], "-1 means that nobody counted that day."),
        ([[2, 4], [-1, -1]], [3, np.nan], "nobody ever counted there: NaN, not 0."),
    ):
        counts = np.array(rows)
        before = counts.copy()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a mean of nothing may warn
            got = mean_counted(counts)
        fine = np.shape(got) == (len(means),) and np.allclose(
            np.asarray(got, dtype=float), means, equal_nan=True
        )
        assert fine, said(f"mean_counted(np.array({rows}))", got, means, because)
        unchanged(before, counts, "array")


# --- tables -----


@exercise(
    "ch11.busiest",
    title="The busiest stations",
    hints=(
        "Rows of one station belong together: what splits a table by a column?",
        '`groupby("station").agg(...)` with a named pair a column; `"sum"` and '
        '`"nunique"` are the two functions.',
        '`.agg(animals=("count", "sum"), kinds=("species", "nunique"))`, then '
        '`.sort_values("animals", ascending=False)`.',
    ),
    why="split, apply, combine is one line in pandas, and reads as the question did.",
)
def busiest(busiest: Callable[..., Any]) -> None:
    for rows, expected in BUSY:
        table = pd.DataFrame(rows, columns=["station", "species", "count"])
        table.index = pd.Index(range(70, 70 + len(rows)))
        before = table.copy()
        got = busiest(table)
        listed = pairs(got)
        call = f"busiest(...) with the rows {rows}"
        because = "animals is the sum of the counts, and kinds how many species."
        assert dict(listed) == expected, said(call, dict(listed), expected, because)
        order, wanted = [key for key, _ in listed], list(expected)
        assert order == wanted, said(
            call, order, wanted, "the most animals come first."
        )
        unchanged(before, table, "table")


BUSY: list[tuple[list[tuple[str, str, int]], dict[str, tuple[int, int]]]] = [
    (
        [("HP1", "otter", 2), ("PR2", "wren", 9), ("HP1", "otter", 1)],
        {"PR2": (9, 1), "HP1": (3, 1)},
    ),
    (
        [
            *[("NE9", "newt", 30), ("RB4", "crane", 1), ("RB4", "heron", 2)],
            *[("RB4", "crane", 4), ("AL5", "wren", 12)],
        ],
        {"NE9": (30, 1), "AL5": (12, 1), "RB4": (7, 2)},
    ),
]


def pairs(got: Any) -> list[tuple[str, tuple[int, int]]]:
    fine = isinstance(got, pd.DataFrame) and {"animals", "kinds"} <= set(got.columns)
    assert fine, (
        f"I called `busiest(...)` and got `{short(got)}`. Expected a DataFrame with "
        "the columns `animals` and `kinds`, because that is what the caller reads."
    )
    rows = got.set_index("station") if "station" in got.columns else got
    return [
        (str(code), (int(animals), int(kinds)))
        for code, animals, kinds in zip(
            rows.index, rows["animals"], rows["kinds"], strict=True
        )
    ]


@exercise(
    "ch11.names",
    title="A name for each sighting",
    hints=(
        "Which kind of join keeps every row of the left table, found or not?",
        '`merge(..., how="left", validate="many_to_one")`, then `fillna` for the '
        "names that nobody knows.",
        '`sightings.merge(stations, on="station", how="left", validate='
        '"many_to_one").fillna({"name": "(unknown)"})`.',
    ),
    why="a join that drops or doubles rows changes every sum after it, in silence.",
)
def names(with_names: Callable[..., Any]) -> None:
    sightings = pd.DataFrame(
        {"station": ["PR2", "XX9", "HP1", "PR2"], "count": [5, 1, 2, 4]}
    )
    stations = pd.DataFrame(
        [("HP1", "Heron Pond"), ("NE9", "Newt Edge"), ("PR2", "Pine Ridge")],
        columns=["station", "name"],
    )
    before, listed = sightings.copy(), stations.copy()
    got = with_names(sightings, stations)
    all_named(got)
    unchanged(before, sightings, "table of sightings")
    unchanged(listed, stations, "table of stations")
    twin = pd.DataFrame({"station": ["HP1"], "name": ["Hare Pond"]})
    refuses_twins(with_names, sightings, pd.concat([stations, twin]))


def all_named(got: Any) -> None:
    """The four sightings of `names`, in their places, each with its name."""
    fine = isinstance(got, pd.DataFrame) and {"station", "count", "name"} <= {*got}
    assert fine, (
        f"I called `with_names(...)` and got `{short(got)}`. Expected a DataFrame with "
        "the columns `station`, `count` and `name`, because a name is added, and "
        "nothing is taken away."
    )
    rows = list(zip(got["count"], got["name"], strict=True))
    wanted = [(5, "Pine Ridge"), (1, "(unknown)"), (2, "Heron Pond"), (4, "Pine Ridge")]
    call = "with_names(sightings, stations)"
    because = (
        "no sighting may be lost: XX9 was seen; none may be added: nobody was at NE9."
    )
    assert len(rows) == 4, said(call, f"{len(rows)} rows", "4 rows", because)
    because = "each sighting stays in its place, and XX9 has no name in my table."
    assert rows == wanted, said(call, rows, wanted, because)


def refuses_twins(
    with_names: Callable[..., Any], sightings: pd.DataFrame, stations: pd.DataFrame
) -> None:
    try:
        got = with_names(sightings, stations)
    except ValueError:
        return
    gave = f"{len(got)} rows" if isinstance(got, pd.DataFrame) else f"`{short(got)}`"
    raise AssertionError(
        f"I listed HP1 twice in `stations`, and your function gave {gave} for "
        "4 sightings. Expected a `ValueError`, because a code with two names doubles "
        "its sightings, and nobody notices until the sums are wrong."
    )


# --- models -----


@exercise(
    "ch11.folds",
    title="Folds of your own",
    hints=(
        "Each row is asked exactly once. What are the rows of a round that are not?",
        "`np.array_split(np.arange(rows), k)` gives the parts; `np.setdiff1d` or "
        "`np.concatenate` the rest.",
        "`[(np.setdiff1d(every, part), part) for part in np.array_split(every, k)]`.",
    ),
    why="cross-validation is nothing but this list: scikit-learn takes yours as `cv=`.",
)
def folds(k_folds: Callable[[int, int], Any]) -> None:
    for rows, k in ((10, 5), (11, 3), (4, 4)):
        got = [(numbers(learn), numbers(ask)) for learn, ask in k_folds(rows, k)]
        call = f"k_folds({rows}, {k})"
        assert len(got) == k, said(
            call, f"{len(got)} pairs", f"{k} pairs", "k says so."
        )
        asked = sorted(row for _, ask in got for row in ask)
        because = "each row is asked once, and none is lost to a remainder."
        wanted = list(range(rows))
        assert asked == wanted, said(call, f"asked: {asked}", wanted, because)
        for learn, ask in got:
            apart(call, learn, ask, rows)
        sizes = sorted(len(ask) for _, ask in got)
        even = sizes[-1] - sizes[0] <= 1
        assert even, said(call, f"parts of {sizes}", "even parts", "each counts alike.")
    table, labels = measured()
    cross_val_score(GaussianNB(), table, labels, cv=k_folds(len(labels), 5))


def apart(call: str, learn: list[int], ask: list[int], rows: int) -> None:
    """What is learned is what is not asked, all of it."""
    both = sorted({*learn} & {*ask})
    assert not both, (
        f"In a round of `{call}` the rows {both} are both learned and asked. "
        "Expected none: a model that has seen the answer proves nothing."
    )
    rest = sorted({*range(rows)} - {*ask})
    because = "all that is not asked is learned."
    assert sorted(learn) == rest, said(call, f"learn {sorted(learn)}", rest, because)


def numbers(rows: Any) -> list[int]:
    return [index(row) for row in rows]  # a mask, or 3.0, is no row number


def measured(rows: int = 100) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Three kinds, told apart by a small column beside a large, useless one."""
    rng = np.random.default_rng(11)
    labels = np.arange(rows) % 3
    useful = labels + rng.normal(scale=0.4, size=rows)
    return np.column_stack([useful, rng.normal(scale=900, size=rows)]), labels


def watched() -> tuple[Any, list[int]]:
    """A scaler that notes how many rows each fit of it, or of its clones, saw."""
    diary: list[int] = []

    class Watched(StandardScaler):  # type: ignore[misc]  # it has no types
        def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Any:
            diary.append(len(X))
            return super().fit(X, y, sample_weight)

    return Watched(), diary


@exercise(
    "ch11.leak",
    title="Nothing leaks",
    hints=(
        "When does the scaler learn means and spreads, and from which rows?",
        "`make_pipeline(scaler, model)` is one estimator; `cross_val_score` fits all "
        "of it, again in each round.",
        "`return cross_val_score(make_pipeline(scaler, model), table, labels, cv=5)`.",
    ),
    why="whatever learns from data is a step of the pipeline: then each round "
    "prepares, fits and asks with its own rows only.",
)
def leak(honest_scores: Callable[..., Any]) -> None:
    table, labels = measured()
    before = table.copy()
    scaler, diary = watched()
    model = KNeighborsClassifier(5)
    with parallel_config(backend="threading"):  # another process has another diary
        got = honest_scores(table, labels, scaler, model)
    kept_apart(diary, len(labels))
    whole = make_pipeline(StandardScaler(), model)
    wanted = cross_val_score(whole, table, labels, cv=5)
    fine = np.shape(got) == (5,) and np.allclose(got, wanted)
    call = "honest_scores(table, labels, scaler, model)"
    because = "these are the five scores of `cv=5`."
    assert fine, said(call, got, [float(score) for score in wanted], because)
    unchanged(before, table, "table")


def kept_apart(diary: list[int], rows: int) -> None:
    """Each fit of the scaler saw four fifths of the rows."""
    assert diary, (
        "I handed in a scaler, and nobody fitted it. Expected it in your pipeline, "
        "because without it the large column drowns the useful one."
    )
    assert rows not in diary, (
        f"Your scaler was fitted on all {rows} rows: it had seen the rows that "
        "each round asks about. Expected a fit on 80 rows in each of five rounds, "
        "because scaling before the split lets the test leak into the training."
    )
    assert set(diary) == {80}, (
        f"Your scaler was fitted on {sorted(set(diary))} rows. Expected 80 in each "
        "round, because it learns from the four fifths that the model learns from, "
        "and is only applied to the fifth that is asked."
    )


@exercise(
    "ch11.columns",
    title="A model that takes what comes",
    hints=(
        "Numbers and words need different preparation: what sends each to its own?",
        "`make_column_transformer` with a pipeline of `SimpleImputer` and "
        "`StandardScaler` for numbers, and a `OneHotEncoder` for words.",
        '`OneHotEncoder(handle_unknown="ignore")`; the whole is `make_pipeline('
        "prepare, LogisticRegression())`.",
    ),
    why="a service meets gaps and unknown words on its first day; a model that "
    "knows what to do with them stays up.",
)
def columns(build: Callable[[Sequence[str], Sequence[str]], Any]) -> None:
    for number, word in (("mass", "habitat"), ("wing", "region")):
        train, labels = visitors(number, word, seed=1)
        model = build([number, "hour"], [word])
        for name in ("fit", "predict"):
            assert hasattr(model, name), (
                f"I called `build(...)` and got `{short(model)}`. Expected an "
                f"estimator with `{name}`, for it is used like any other model."
            )
        asked(partial(model.fit, train, labels), "fitted your model to", GAP)
        answers(model, number, word)


GAP = (
    "a fit on the columns that I named, and on no other, gaps and all: a weight that "
    "nobody noted is no reason to drop the others"
)
CLIFF = (
    "200 answers, one of them about a 'cliff': a word that it never met is no reason "
    "to answer nobody"
)


def asked(do: Callable[[], Any], what: str, expected: str) -> Any:
    try:
        return do()
    except ValueError as error:
        raise AssertionError(
            f"I {what} 200 animals, and your model raised `{short(str(error), 70)}`. "
            f"Expected {expected}."
        ) from None


def visitors(number: str, word: str, seed: int) -> tuple[pd.DataFrame, list[str]]:
    """Which animal it was needs both: how heavy it was, and where it sat."""
    rng = np.random.default_rng(seed)
    heavy, wet = rng.integers(0, 2, 200), rng.integers(0, 2, 200)
    table = pd.DataFrame(
        {
            number: 40.0 + 60 * heavy + rng.normal(scale=6, size=200),
            "hour": rng.integers(0, 24, 200).astype(float),
            word: np.where(wet == 1, "lake", "forest"),
            "observer": rng.choice(["Ada", "Grace"], 200),
        }
    )
    kinds = np.array([["wren", "owl"], ["teal", "heron"]])
    table.loc[::20, number] = np.nan
    return table, [str(kind) for kind in kinds[wet, heavy]]


def answers(model: Any, number: str, word: str) -> None:
    test, truth = visitors(number, word, seed=2)
    test.loc[5, word] = "cliff"
    predicted = list(asked(partial(model.predict, test), "asked about", CLIFF))
    sure = test[number].notna() & (test[word] != "cliff")
    right = sum(a == b for a, b, ok in zip(predicted, truth, sure, strict=True) if ok)
    assert right >= 0.9 * sure.sum(), said(
        "model.predict(test)",
        f"{right} of {sure.sum()} right",
        "more than nine in ten",
        "the numbers tell light from heavy, and the words where it sat.",
    )
