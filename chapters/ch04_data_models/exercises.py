"""The exercises of chapter 4. Each check hands data in and reads what comes back."""

import secrets
import warnings
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel, ValidationError

from chapters.toolkit.checks import Client, exercise, short

Data = dict[str, Any]
Place = tuple[str | int, ...]


@exercise(
    "ch04.nested-paths",
    title="A walk that knows where it is wrong",
    hints=(
        "What can the type of a field be, besides `str` and `int`?",
        "A model may be a field, and `list[Stop]` a list of them. Bounds go into "
        "`Annotated[..., Field(...)]`.",
        "`class Walk(BaseModel)` with `stops: list[Stop]`; `Stop` with "
        "`sightings: list[Sighting]`; `count: Annotated[int, Field(ge=1)] = 1`.",
    ),
    why="the path in `loc` is the path in the client's own data, however deep it goes.",
)
def nested_paths(walk: Any) -> None:
    otter, wren = {"species": "otter", "count": 2}, {"species": "wren"}
    pond = {"station": "HP1", "sightings": [otter, wren]}
    made = accepted(walk, {"warden": "Ada", "stops": [pond]})
    same(made, "stops.0.sightings.1.count", 1, "a sighting is one animal by default.")
    few = {"species": "ox", "count": 0}
    marsh = {"station": "marsh", "sightings": [otter, few]}
    wrong = {"warden": "Ada", "stops": [pond, marsh, {"station": "PR2"}]}
    found = errors(walk, wrong)
    # Bound or function, `ge=1` or `PositiveInt`: the place is what counts.
    for place, kind, because in (
        (("stops", 1, "station"), "", "marsh is no code."),
        (("stops", 1, "sightings", 1, "species"), "", "ox is short."),
        (("stops", 1, "sightings", 1, "count"), "", "0 is nobody."),
        (("stops", 2, "sightings"), "missing", "a stop has a list of sightings."),
    ):
        reported(found, place, kind, walk, because)
    nothing_else(found, 4, walk)
    for code in ("hp1", "XHP1", "HP12"):
        found = errors(walk, {"warden": "Ada", "stops": [{**pond, "station": code}]})
        because = f"{code} is not two capitals and a digit, and nothing else."
        reported(found, ("stops", 0, "station"), "", walk, because)


@exercise(
    "ch04.default-trap",
    title="A note that knows its own time",
    hints=(
        "When is the expression after `=` in a class computed, and how often?",
        "`Field(default_factory=...)` takes a function that is called for each "
        "instance. A clock needs a time zone.",
        "`noted_at: datetime = Field(default_factory=lambda: datetime.now(UTC))`",
    ),
    why="a default that is a call runs once, at import: every note of a server that "
    "has been up for a month would carry the same time.",
)
def default_trap(note: Any) -> None:
    text = {"text": "otters at dusk"}
    start = datetime.now(UTC)
    made, later = accepted(note, text), accepted(note, text)
    end = datetime.now(UTC)
    is_between(field(made, "noted_at"), start, end)
    same(made, "tags", [], "a note has no tags until it gets some.")
    made.tags.append("mammal")
    same(later, "tags", [], "I put a tag on another note; each has a list of its own.")
    given = accepted(note, {**text, "noted_at": "2026-05-01T05:40:00Z"})
    dawn = datetime(2026, 5, 1, 5, 40, tzinfo=UTC)
    same(given, "noted_at", dawn, "a time that is sent is kept.")
    given = accepted(note, {**text, "tags": ["mammal"]})
    same(given, "tags", ["mammal"], "tags that are sent are kept.")
    found = errors(note, {**text, "tags": [7]})
    reported(found, ("tags", 0), "", note, "a tag is text, and 7 is none.")


def is_between(at: Any, start: datetime, end: datetime) -> None:
    assert isinstance(at, datetime), (
        f"I made a note and its `noted_at` is `{short(at)}`. Expected a `datetime`: "
        "when the note was made."
    )
    assert at.utcoffset() == timedelta(0), (
        f"I made a note and `noted_at` has the UTC offset `{at.utcoffset()}`. Expected "
        "an offset of zero, that of UTC: a time without a zone means another moment on "
        "every machine."
    )
    assert start <= at <= end, (
        f"I made a note, and its `noted_at` is not between the moments before and "
        f"after: it is {'older' if at < start else 'in the future'}. Expected the "
        "moment of its making: a default that is a call runs once, with the class."
    )


@exercise(
    "ch04.family",
    title="A nest in four shapes",
    hints=(
        "Which of the fields does a client send, which does it get, and which do we "
        "keep for ourselves?",
        "One base with what all share; each variant inherits and adds. The return "
        "annotation of a route decides what leaves.",
        "`NestBase` has `species` and `square`; `NestCreate(NestBase)` adds "
        '`position` and `model_config = ConfigDict(extra="forbid")`; '
        "`NestRead(NestBase)` adds `id`; `-> NestRead`.",
    ),
    why="a field that a variant does not have cannot leak from it, neither in an "
    "answer nor in the docs.",
)
def family(app: FastAPI, base: Any) -> None:
    is_model(base)
    nest = {"species": "kestrel", "square": f"D{secrets.randbelow(10**6)}"}
    with Client(app) as client:
        reply = begun(client.post("/nests", json={**nest, "position": "third oak"}))
        created = "a nest was made, and only what all may know leaves."
        client.expect(reply, 201, because=created)
        number = number_of(reply)
        expected = {**nest, "id": number}
        client.expect(reply, 201, because=created, json=expected)
        path = f"/nests/{number}"
        client.expect(client.get(path), 200, because="it was kept.", json=expected)
        client.ask("GET", "/nests/999999", 404, because="there is no such nest.")
        lacking = "a nest without a position cannot be found again."
        client.ask("POST", "/nests", 422, because=lacking, json=nest)
        for extra in ({"reviewed": True}, {"id": 99}):
            sent = {**nest, "position": "third oak", **extra}
            ours = f"`{next(iter(extra))}` is ours to set: forbid what is extra."
            client.ask("POST", "/nests", 422, because=ours, json=sent)
    family_is_one(app, base)


def number_of(reply: Any) -> int:
    """The id in the answer; 1 where it has none, so that the answer is compared."""
    try:
        number = reply.json()["id"]
    except (ValueError, TypeError, KeyError):
        return 1
    return number if type(number) is int else 1


def family_is_one(app: FastAPI, base: Any) -> None:
    below = {model.__name__ for model in descendants(base)}
    lacking = sorted({"NestCreate", "NestRead", "NestStored"} - below)
    assert not lacking, (
        f"I looked for the models that inherit from `{name(base)}` and found "
        f"{sorted(below)}; {lacking} is not among them. What is written twice gets "
        "changed once."
    )
    keeps(base)
    schemas = app.openapi().get("components", {}).get("schemas", {})
    shown = sorted(schemas.get("NestRead", {}).get("properties", {}))
    wanted = ["id", "species", "square"]
    assert shown == wanted, (
        f"I read your `/openapi.json`: `NestRead` has {shown}. Expected {wanted}: the "
        "docs tell the world what leaves."
    )
    assert "NestStored" not in schemas, (
        "I read your `/openapi.json` and found `NestStored` in it. Expected only "
        "`NestCreate` and `NestRead`: how we keep a nest is our own affair."
    )


def keeps(base: type[BaseModel]) -> None:
    stored = next(m for m in descendants(base) if m.__name__ == "NestStored")
    fields = stored.model_fields
    lacking = sorted({"position", "reviewed", "species", "square"} - set(fields))
    assert not lacking, (
        f"I looked at the fields of `NestStored` and found {sorted(fields)}. Expected "
        f"{lacking} as well, because what is not stored is lost."
    )
    first = fields["reviewed"].get_default(call_default_factory=True)
    assert first is False, (
        f"I looked at `reviewed` of `NestStored` and its default is `{short(first)}`. "
        "Expected `False`, because nobody has reviewed a nest that was just added."
    )


def descendants(model: type[BaseModel]) -> list[type[BaseModel]]:
    found: list[type[BaseModel]] = []
    for child in model.__subclasses__():
        found += [child, *descendants(child)]
    return found


@exercise(
    "ch04.three-validators",
    title="Three rules, each in its place",
    hints=(
        "Which rule needs the raw text, which a finished date, and which several "
        "fields?",
        '`@field_validator("rings", mode="before")`, `@field_validator("day")`, '
        '`@model_validator(mode="after")`. The first two are class methods, and all '
        "return what is kept.",
        "Before: `return [part.strip() for part in value.split(',')]` if it is a "
        "`str`, else `return value`. After: `raise ValueError(...)`, else "
        "`return self`.",
    ),
    why="where a validator stands decides what it sees and what path its error has.",
)
def three_validators(ringing: Any) -> None:
    good = {"rings": "KE204, KE205", "day": "2026-05-01", "adults": 1}
    good |= {"young": 1, "total": 2}
    made = accepted(ringing, good)
    split = "text is split at commas, and the spaces go."
    same(made, "rings", ["KE204", "KE205"], split)
    same(made, "total", 2, "a valid count is kept as it is.")
    same(made, "day.year", 2026, "a validator returns what is to be kept.")
    made = accepted(ringing, {**good, "rings": ["KE204"]})
    same(made, "rings", ["KE204"], "a list is one already: pass it on.")
    for change, place, kind, message in (
        ({"day": "1974-04-30"}, ("day",), "", "the reserve opened in 1974"),
        ({"total": 3}, (), "", "adults and young are not the total"),
        ({"rings": 7}, ("rings",), "list_type", "valid list"),
        ({"rings": [7]}, ("rings", 0), "string_type", "valid string"),
    ):
        found = errors(ringing, {**good, **change})
        because = f"`{next(iter(change))}` is wrong, and only that."
        reported(found, place, kind, ringing, because, message)
        nothing_else(found, 1, ringing)
    accepted(ringing, {**good, "day": "1974-05-01"})


@exercise(
    "ch04.patch",
    title="A PATCH that survives",
    hints=(
        "Three things look alike: a field that was not sent, a null that was sent, "
        "and a default. Which of them is a change?",
        "`model_dump(exclude_unset=True)` keeps what was sent. `model_copy` checks "
        "nothing; `model_validate` does.",
        "`Station.model_validate({**stored.model_dump(), **changes})`, and in "
        "`except ValidationError as error`: `raise HTTPException(422, ...)`. Keep "
        "the result in `STATIONS`.",
    ),
    why="after the change the whole is as valid as on the day it was made, and a "
    "refused change leaves no trace.",
)
def patch(app: FastAPI) -> None:
    path = "/stations/HP1"
    pond: Data = {"name": "Heron Pond", "posts": 7, "note": "mind the geese"}
    with Client(app) as client:
        # Whatever an earlier check left behind goes first.
        reply = begun(client.patch(path, json=pond))
        client.expect(reply, 200, because="all three are good.", json=pond)
        client.expect(client.get(path), 200, because="a change is kept.", json=pond)
        for change, because in (
            ({"posts": 8}, "only what was sent changes."),
            ({"note": None}, "a note may be null, so null is a change."),
            ({}, "nothing was sent, so nothing changes."),
        ):
            pond |= change
            reply = client.patch(path, json=change)
            client.expect(reply, 200, because=because, json=pond)
        nothing_invalid_is_kept(client, path, pond)
        unknown = "there is no station XX9."
        client.ask("PATCH", "/stations/XX9", 404, because=unknown, json={"posts": 1})


def nothing_invalid_is_kept(client: Client, path: str, pond: Data) -> None:
    for wrong, because in (
        ({"name": None}, "a station has a name, and null is none."),
        ({"name": "X"}, "a name has three characters or more."),
        ({"posts": 0}, "a station has at least one post."),
        ({"posts": None}, "null is no number."),
        ({"posts": "many"}, "many is no number."),
        ({"note": "dry", "posts": -1}, "one half of it is wrong."),
    ):
        client.ask("PATCH", path, 422, because=because, json=wrong)
        kept = "a change that was refused changes nothing."
        client.expect(client.get(path), 200, because=kept, json=pond)


class Row:
    """An object that is no dict, as a database gives."""

    def __init__(self, **values: object) -> None:
        self.__dict__.update(values)


@exercise(
    "ch04.port",
    title="An old model in new words",
    hints=(
        "Run the old code and read its warnings: each names what to write instead. "
        "Two changes come without a warning.",
        "`field_validator`, `model_validator`, `ConfigDict`, `model_dump`. Silent: a "
        "field without `= None` is required, and a number no longer becomes text.",
        "`nickname: str | None = None`; `model_config = "
        "ConfigDict(from_attributes=True, coerce_numbers_to_str=True)`; "
        '`mode="before"`; `self.model_dump(exclude={"email"})`.',
    ),
    why="version 2 still runs most of the old words and warns; the two silent changes "
    "are the ones that reach your users.",
)
def port(observer_model: Any) -> None:
    assert callable(observer_model) and not isinstance(observer_model, type), (
        "I expected the function `observer_model`, which defines the class and returns "
        f"it, and got `{short(observer_model)}`."
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)
        warnings.simplefilter("error", UserWarning)
        try:
            behaves_as_before(observer_model())
        except (DeprecationWarning, UserWarning) as warning:
            text = str(warning).partition(". ")[0]
            raise AssertionError(
                f"I used your model with warnings as errors, and Pydantic said: "
                f"`{short(text, 160)}`. Expected silence, because what is "
                "deprecated today is gone in the next version."
            ) from None


def behaves_as_before(observer: Any) -> None:
    ada: Data = {"name": "  Ada ", "email": "ada@observatory.example", "badge": 17}
    made = accepted(observer, ada)
    same(made, "name", "Ada", "the spaces around a name go before all else.")
    same(made, "nickname", None, "in the old model a nickname could be left out.")
    same(made, "badge", "17", "the old model made a number into text.")
    found = errors(observer, {**ada, "nickname": "Ada"})
    because = "a nickname that is the name is none."
    reported(found, (), "", observer, because, "nickname is the name")
    row = accepted(observer, Row(**ada, nickname="Countess"))
    same(row, "nickname", "Countess", "`orm_mode` read objects as well as dicts.")
    found = errors(observer, {**ada, "name": "   "})
    reported(found, ("name",), "", observer, "a name is not blank.")
    public = getattr(row, "public", None)
    assert callable(public), (
        f"I looked for the method `public` of `{name(observer)}` and found "
        f"`{short(public)}`. Expected the old model's method, in new words."
    )
    expected = {"name": "Ada", "nickname": "Countess", "badge": "17"}
    answer = public()
    assert answer == expected, (
        f"I called `public()` and got `{short(answer)}`. Expected `{expected}`, "
        "because an e-mail address is not for everybody."
    )


# --- asking a model -----------------------------------------------------------


def name(model: Any) -> str:
    return str(getattr(model, "__name__", short(model)))


def is_model(model: Any) -> None:
    assert isinstance(model, type) and issubclass(model, BaseModel), (
        f"I expected a model, a class that inherits from `BaseModel`, and got "
        f"`{short(model)}`."
    )


def accepted(model: Any, data: object) -> Any:
    """The instance that the model makes of good data."""
    is_model(model)
    shown = short(vars(data) if isinstance(data, Row) else data, 160)
    try:
        made = model.model_validate(data)
    except ValidationError as error:
        one = error.errors()[0]
        raise AssertionError(
            f"I gave `{shown}` to `{name(model)}` and it was refused at "
            f"`{dotted(one['loc'])}`: {one['msg']}. Expected it to be accepted: "
            "everything in it is as the exercise asks."
        ) from None
    assert isinstance(made, model), (
        f"I gave `{shown}` to `{name(model)}` and got `{short(made)}`. Expected an "
        f"instance of `{name(model)}`: a model validator returns what is to be kept."
    )
    return made


def errors(model: Any, data: object) -> dict[Place, tuple[str, str]]:
    """What the model refuses in bad data: type and message by place."""
    is_model(model)
    try:
        made = model.model_validate(data)
    except ValidationError as error:
        return {one["loc"]: (one["type"], one["msg"]) for one in error.errors()}
    raise AssertionError(
        f"I gave `{short(data, 160)}` to `{name(model)}` and it was accepted: "
        f"`{short(made)}`. Expected a `ValidationError`."
    )


def reported(
    found: dict[Place, tuple[str, str]],
    place: Place,
    kind: str,
    model: Any,
    because: str,
    message: str = "",
) -> None:
    """The error stands at its place, with its type if one matters, and its text."""
    type_, said = found.get(place, ("no error", ""))
    listed = {dotted(where): one for where, (one, _) in found.items()}
    assert type_ == kind or (not kind and place in found), (
        f"I gave wrong data to `{name(model)}` and it reported {listed}. Expected "
        f"{f'`{kind}`' if kind else 'an error'} at `{dotted(place)}`: {because}"
    )
    assert message in said, (
        f"I gave wrong data to `{name(model)}` and the error at `{dotted(place)}` says "
        f"`{said}`. Expected `{message}` in it: people read this."
    )


def nothing_else(found: dict[Place, tuple[str, str]], count: int, model: Any) -> None:
    listed = {dotted(where): one for where, (one, _) in found.items()}
    assert len(found) == count, (
        f"I gave wrong data to `{name(model)}` and it reported {listed}. Expected "
        f"{count} of them: the rest was right."
    )


def dotted(place: Place) -> str:
    return ".".join(map(str, place)) or "the model itself"


def field(made: Any, path: str) -> Any:
    """What stands at `stops.0.count`, or None where the path ends early."""
    for step in path.split("."):
        if step.isdigit():
            made = dict(enumerate(made if isinstance(made, list) else [])).get(
                int(step)
            )
        else:
            made = getattr(made, step, None)
    return made


def same(made: Any, path: str, expected: object, because: str) -> None:
    value = field(made, path)
    assert value == expected and type(value) is type(expected), (
        f"I made a `{type(made).__name__}` and its `{path}` is `{short(value)}`. "
        f"Expected `{short(expected)}`, because {because}"
    )


def begun(reply: Any) -> Any:
    """The reply; a stub is no mistake yet, so its error passes."""
    crash = reply.extensions["crash"]
    if isinstance(crash, NotImplementedError):
        raise crash
    return reply
