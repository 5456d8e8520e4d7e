"""Chapter 4: every lesson's claim, most by making an instance, some over HTTP."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import make_dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Optional

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from matplotlib.figure import Figure
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic import v1 as pydantic_v1

from chapters.ch04_data_models import (
    before_validator,
    computed_fields,
    constraints,
    default_from_data,
    default_trap,
    discriminated,
    documented,
    drawings,
    dumping,
    email_and_url,
    field_messages,
    field_validator,
    forbid_extra,
    from_attributes,
    memory,
    model_validator,
    nested,
    old_spellings,
    optional_fields,
    own_types,
    patch_naive,
    patch_right,
    plain_classes,
    richer_fields,
    scalar_fields,
    schema_rows,
    secret_fields,
    stored_from_input,
    strict_mode,
    type_adapter,
    validation_order,
    variants,
    variants_repeated,
)
from chapters.ch04_data_models.errors_as_rows import refused
from chapters.toolkit import check, launch
from chapters.toolkit.checks import exercises
from chapters.toolkit.processes import Process
from tests.contracts import breaches

ROOT = Path(__file__).parents[2]
SOLUTIONS = ROOT / "tests" / "solutions" / "ch04_data_models"
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))


@pytest.fixture(scope="module")
def server() -> Iterator[Process]:
    with launch("chapters.ch04_data_models", name="tests of chapter 4") as process:
        yield process


@pytest.fixture(scope="module")
def api(server: Process) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=30) as client:
        yield client


def faults(kind: Any, data: object) -> dict[str, str]:
    """What is refused: its type by its place."""
    return {row["where"]: row["type"] for row in refused(kind, data)}


def errors(reply: httpx.Response) -> dict[str, str]:
    detail = reply.json()["detail"]
    return {".".join(map(str, one["loc"])): one["type"] for one in detail}


# --- fields -----


def test_text_from_a_form_becomes_what_the_annotations_say() -> None:
    station = scalar_fields.Station.model_validate(scalar_fields.FROM_A_FORM)
    assert station.model_dump() == {
        "code": "HP1",
        "name": "Heron Pond",
        "height": 3.5,
        "posts": 7,
        "open": True,
    }


def test_what_cannot_be_converted_is_refused_all_at_once() -> None:
    assert faults(scalar_fields.Station, scalar_fields.CONFUSED) == {
        "code": "string_type",
        "height": "float_parsing",
        "posts": "int_from_float",
        "open": "bool_parsing",
    }


def test_assignment_is_checked_only_where_the_model_says_so() -> None:
    class Checked(scalar_fields.Station):
        model_config = ConfigDict(validate_assignment=True)

    for kind in (scalar_fields.Station, Checked):
        station: Any = kind.model_validate(scalar_fields.FROM_A_FORM)
        if kind is Checked:
            with pytest.raises(ValidationError, match="int_parsing"):
                station.posts = "many"
        else:
            station.posts = "many"
            assert station.posts == "many"


def test_a_text_without_a_bound_may_be_as_long_as_a_novel() -> None:
    long = {**scalar_fields.FROM_A_FORM, "name": "x" * 1_000_000}
    assert faults(scalar_fields.Station, long) == {}


def test_an_error_text_links_to_its_page() -> None:
    with pytest.raises(ValidationError, match=r"https://errors\.pydantic\.dev/"):
        scalar_fields.Station.model_validate({})


def test_null_and_left_out_are_two_questions() -> None:
    kind = optional_fields.Sighting
    shortest = kind.model_validate(optional_fields.SHORTEST)
    assert (shortest.ring, shortest.note, shortest.certain) == (None, None, True)
    missing = {"species": "missing", "ring": "missing"}
    assert faults(kind, optional_fields.EMPTY) == missing
    null = {"species": "string_type", "certain": "bool_type"}
    assert faults(kind, optional_fields.ALL_NULL) == null


def test_enums_dates_and_lists_are_read_from_text() -> None:
    survey = richer_fields.Survey.model_validate(richer_fields.GOOD)
    assert survey.group is richer_fields.Group.MAMMAL
    assert survey.day == date(2026, 5, 1)
    assert survey.began_at == datetime(2026, 5, 1, 5, 40, tzinfo=UTC)
    rows = refused(richer_fields.Survey, richer_fields.BAD)
    assert {row["where"]: row["type"] for row in rows} == {
        "group": "enum",
        "day": "date_from_datetime_parsing",
        "began_at": "datetime_from_date_parsing",
        "species.1": "string_type",
    }
    assert "month value is outside expected range" in rows[1]["message"]


def test_a_timestamp_is_a_date_if_it_is_midnight() -> None:
    at = {**richer_fields.GOOD, "day": richer_fields.MIDNIGHT}
    assert richer_fields.Survey.model_validate(at).day == date(2026, 5, 1)
    late = {**richer_fields.GOOD, "day": richer_fields.ONE_SECOND_LATER}
    inexact = {"day": "date_from_datetime_inexact"}
    assert faults(richer_fields.Survey, late) == inexact


def test_models_nest_and_errors_name_the_whole_path() -> None:
    walk = nested.Walk.model_validate(nested.DAWN)
    assert walk.station is nested.POND
    assert walk.sightings[0] == nested.Sighting(species="otter", count=2)
    from_json = nested.Walk.model_validate_json(walk.model_dump_json())
    assert from_json == walk
    assert faults(nested.Walk, nested.LOST) == {
        "station.position.longitude": "missing",
        "sightings.1.count": "missing",
    }


# --- defaults -----


def test_a_call_as_default_runs_once_and_a_factory_each_time() -> None:
    before = default_trap.utc_now()
    frozen, again, fresh = (
        default_trap.Frozen(),
        default_trap.Frozen(),
        default_trap.Fresh(),
    )
    assert frozen.noted_at < before
    assert frozen.noted_at is again.noted_at
    assert before <= fresh.noted_at <= default_trap.utc_now()
    assert fresh.noted_at.tzinfo is UTC


@pytest.mark.parametrize("kind", [default_trap.Frozen, default_trap.Fresh])
def test_a_list_as_default_is_each_instance_s_own(
    kind: type[default_trap.Frozen] | type[default_trap.Fresh],
) -> None:
    first, second = kind(), kind()
    first.tags.append("mammal")
    assert (first.tags, second.tags) == (["mammal"], [])


def test_a_factory_may_read_what_was_validated_before() -> None:
    kind = default_from_data.Sighting
    assert kind(species="otter", count=2).title == "2 × otter"
    assert kind(species="otter", title="Otters!").title == "Otters!"
    assert faults(kind, {"species": "otter", "count": "few"}) == {
        "count": "int_parsing",
        "title": "default_factory_not_called",
    }


def test_a_default_and_a_factory_are_one_too_many() -> None:
    with pytest.raises(TypeError, match="both default and default_factory"):
        Field(default=[], default_factory=list)  # type: ignore[call-overload]


# --- rules -----


def test_every_broken_bound_is_reported() -> None:
    assert faults(constraints.Sighting, constraints.GOOD) == {}
    assert faults(constraints.Sighting, constraints.BAD) == {
        "species": "string_too_short",
        "count": "greater_than_equal",
        "certainty": "less_than_equal",
        "ring": "string_pattern_mismatch",
        "tags": "too_long",
    }


def test_a_named_type_brings_its_rules_to_every_model() -> None:
    nest = own_types.Nest(species="  grey   heron ", stations=["HP1", "SM3"])
    assert nest.species == "grey heron"
    for code, fault in (("XX9", "value_error"), ("hp1", "string_pattern_mismatch")):
        seen = {"species": "wren", "station": code}
        assert faults(own_types.Sighting, seen) == {"station": fault}
        nests = {"species": "wren", "stations": ["HP1", code]}
        assert faults(own_types.Nest, nests) == {"stations.1": fault}
    sent = {"species": 7, "station": "HP1"}
    assert faults(own_types.Sighting, sent) == {"species": "string_type"}


def test_addresses_come_out_in_one_form() -> None:
    ada = email_and_url.Observer.model_validate(email_and_url.LOOSE)
    assert ada.email == "Ada@observatory.example"
    assert str(ada.homepage) == "https://observatory.example/"
    url = ada.homepage
    assert (url.scheme, url.host, url.path) == ("https", "observatory.example", "/")
    assert not hasattr(url, "tld")


@pytest.mark.parametrize(
    ("email", "reason"),
    [
        ("ada", "must have an @-sign"),
        ("ada@localhost", "should have a period"),
        ("ada@observatory.test", "special-use or reserved name"),
    ],
)
def test_an_address_that_no_mail_reaches_is_refused(email: str, reason: str) -> None:
    sent = {**email_and_url.LOOSE, "email": email}
    (row,) = refused(email_and_url.Observer, sent)
    assert (row["where"], row["type"]) == ("email", "value_error")
    assert reason in row["message"]


@pytest.mark.parametrize(
    ("url", "fault"),
    [("ada", "url_parsing"), ("ftp://observatory.example", "url_scheme")],
)
def test_what_is_no_web_address_is_refused(url: str, fault: str) -> None:
    sent = {**email_and_url.LOOSE, "homepage": url}
    assert faults(email_and_url.Observer, sent) == {"homepage": fault}


# --- one thing in several shapes -----


def test_copied_fields_go_wrong_and_inherited_ones_do_not() -> None:
    sent = {"id": 1, "species": "otter", "station": "HP1", "count": 2}
    by_hand = variants_repeated.SightingStored.model_validate(sent)
    assert by_hand.cuont == 1
    for copied in (variants_repeated.SightingCreate, variants_repeated.SightingRead):
        assert copied.model_validate(sent).count == 2
    stored = variants.SightingStored.model_validate(sent)
    assert stored.model_dump() == {**sent, "reviewer": "nobody yet"}


@pytest.mark.parametrize(
    "kind", [variants.SightingCreate, variants.SightingRead, variants.SightingStored]
)
def test_a_method_of_the_base_is_every_variant_s(
    kind: type[variants.SightingBase],
) -> None:
    made = kind.model_validate({"id": 1, "species": "otter", "station": "HP1"})
    assert made.headline() == "1 × otter at HP1"
    count = {"id": 1, "species": "otter", "station": "HP1", "count": 0}
    assert faults(kind, count) == {"count": "greater_than_equal"}


def test_an_update_may_leave_out_everything() -> None:
    assert variants.SightingUpdate().model_dump(exclude_unset=True) == {}


# --- validators -----


def test_a_field_validator_refuses_or_returns_what_is_kept() -> None:
    observer = field_validator.Observer(name=" ada lovelace ", since=date(2019, 3, 1))
    assert (observer.name, observer.since) == ("Ada Lovelace", date(2019, 3, 1))
    (row,) = refused(field_validator.Observer, {"name": "Ada", "since": "1815-12-10"})
    assert row["message"] == "Value error, the reserve opened on 01 May 1974"
    assert row["where"] == "since"


def test_a_model_validator_runs_when_every_field_is_valid() -> None:
    assert model_validator.Count(adults=1, young=2, total=3).total == 3
    (row,) = refused(model_validator.Count, {"adults": 2, "young": 2, "total": 5})
    assert row == {
        "where": "(all of it)",
        "type": "value_error",
        "message": "Value error, 2 and 2 are not 5",
    }
    sent = {"adults": "two", "young": 2, "total": 5}
    assert faults(model_validator.Count, sent) == {"adults": "int_parsing"}


def test_a_before_validator_prepares_and_the_type_still_judges() -> None:
    assert before_validator.Walk.model_validate({"posts": "3, 4,7"}).posts == [3, 4, 7]
    assert before_validator.Walk(posts=[3]).posts == [3]
    assert faults(before_validator.Walk, {"posts": "3,weir,7"}) == {
        "posts.1": "int_parsing"
    }
    assert faults(before_validator.Walk, {"posts": 7}) == {"posts": "list_type"}


def test_the_way_of_a_value_through_all_kinds_of_validators() -> None:
    assert validation_order.order({"count": " 2 "}) == [
        ("model before", "{'count': ' 2 '}"),
        ("wrap, going in", "' 2 '"),
        ("before", "' 2 '"),
        ("wrap, coming out", "2"),
        ("after", "2"),
        ("model after", "Sighting(count=2, mood='calm')"),
    ]


def test_wrap_may_catch_and_plain_asks_no_type() -> None:
    order = validation_order.order({"count": "few", "mood": 7})
    assert ("wrap, coming out", "0") in order
    assert ("plain", "7") in order
    assert order[-1] == ("model after", "Sighting(count=0, mood=7)")


# --- what leaves -----


def test_a_dump_is_python_or_json() -> None:
    day = date(2026, 5, 1)
    ada = {"name": "Ada", "email": "ada@observatory.example"}
    otter = {"species": "otter", "day": day, "count": 1, "note": None}
    assert dumping.OTTER.model_dump() == {**otter, "observers": [ada]}
    as_json = {**otter, "day": "2026-05-01", "observers": [ada]}
    assert dumping.OTTER.model_dump(mode="json") == as_json
    assert json.loads(dumping.OTTER.model_dump_json()) == as_json


@pytest.mark.parametrize(
    ("how", "left"),
    [
        ({"include": {"species", "count"}}, {"species": "otter", "count": 1}),
        (
            {"include": {"species": ..., "observers": {0: {"name"}}}},
            {"species": "otter", "observers": [{"name": "Ada"}]},
        ),
        (
            {"exclude": {"day": True, "observers": {"__all__": {"email"}}}},
            {
                "species": "otter",
                "count": 1,
                "note": None,
                "observers": [{"name": "Ada"}],
            },
        ),
        (
            {"exclude_none": True, "exclude": {"day", "observers"}},
            {"species": "otter", "count": 1},
        ),
        (
            {"exclude_defaults": True, "exclude": {"day", "observers"}},
            {"species": "otter"},
        ),
        (
            {"exclude_unset": True, "exclude": {"day", "observers"}},
            {"species": "otter", "count": 1},
        ),
    ],
)
def test_a_dump_holds_what_you_ask_for(
    how: dict[str, Any], left: dict[str, Any]
) -> None:
    assert dumping.OTTER.model_dump(**how) == left


def test_a_conversion_that_is_needed_twice_is_a_method() -> None:
    assert dumping.OTTER.public() == {
        "species": "otter",
        "day": "2026-05-01",
        "observers": [{"name": "Ada"}],
    }


def test_a_computed_field_leaves_and_a_serializer_changes_what_leaves() -> None:
    otters = computed_fields.OTTERS
    assert otters.total == 3
    assert otters.model_dump()["seen_at"] == otters.seen_at
    assert otters.model_dump(mode="json") == {
        "adults": 1,
        "young": 2,
        "seen_at": "01 May 2026, 05:40 UTC",
        "latitude": 52.41,
        "total": 3,
    }
    assert otters.latitude == 52.41237
    kind = computed_fields.Sighting
    sent, answered = (
        kind.model_json_schema(mode="validation")["properties"],
        kind.model_json_schema(mode="serialization")["properties"],
    )
    assert "total" not in sent
    assert answered["total"]["readOnly"]


def test_a_secret_shows_itself_to_nobody_who_does_not_ask() -> None:
    badge = secret_fields.Badge.model_validate({"observer": "Ada", "pin": "204-HP1"})
    for shown in (repr(badge), str(badge.model_dump()), badge.model_dump_json()):
        assert "204" not in shown
    assert badge.opens_with("204-HP1")
    assert not badge.opens_with("204")


def test_a_refused_secret_is_quoted_unless_it_is_hidden() -> None:
    short = {"observer": "Ada", "pin": "1234"}
    with pytest.raises(ValidationError, match="1234"):
        secret_fields.Badge.model_validate(short)
    with pytest.raises(ValidationError) as hidden:
        secret_fields.DiscreetBadge.model_validate(short)
    assert "1234" not in str(hidden.value)


def test_an_endpoint_quotes_a_refused_secret_all_the_same() -> None:
    app = FastAPI()

    @app.post("/badges")
    async def add_badge(badge: secret_fields.DiscreetBadge) -> None:
        raise AssertionError(f"{badge} was to be refused")

    reply = TestClient(app).post("/badges", json={"observer": "Ada", "pin": "1234"})
    assert reply.status_code == 422
    assert "1234" in reply.text


# --- unions, strictness, and what is no model -----


def test_a_discriminator_leaves_one_complaint_of_five() -> None:
    assert len(refused(discriminated.LooseReport, discriminated.WRONG)) == 5
    assert faults(discriminated.Report, discriminated.WRONG) == {
        "evidence.0.heard.seconds": "float_parsing"
    }
    assert faults(discriminated.Report, discriminated.UNKNOWN) == {
        "evidence.0": "union_tag_invalid"
    }
    assert faults(discriminated.Report, {"evidence": [{"count": 1}]}) == {
        "evidence.0": "union_tag_not_found"
    }
    good = {"evidence": [{"kind": "track", "length_mm": 70}]}
    (track,) = discriminated.Report.model_validate(good).evidence
    assert track == discriminated.Track(kind="track", length_mm=70)


def test_strict_is_for_a_field_a_model_or_a_call() -> None:
    text = strict_mode.TEXT
    assert faults(strict_mode.Lax, text) == {}
    assert faults(strict_mode.OneField, text) == {"count": "int_type"}
    both = {"count": "int_type", "day": "date_type"}
    assert faults(strict_mode.Strict, text) == both
    with pytest.raises(ValidationError, match="2 validation errors"):
        strict_mode.Lax.model_validate(text, strict=True)


def test_a_strict_model_reads_a_date_from_json_text() -> None:
    survey = strict_mode.Strict.model_validate_json(strict_mode.AS_JSON)
    assert survey.day == date(2026, 5, 1)


def test_a_strict_body_needs_lenient_dates(api: httpx.Client) -> None:
    good = {"count": 2, "day": "2026-05-01"}
    reply = api.post("/strict-body/all-strict", json=good)
    assert (reply.status_code, errors(reply)) == (422, {"body.day": "date_type"})
    reply = api.post("/strict-body/all-strict", json={"count": 2})
    assert (reply.status_code, reply.json()) == (200, {"count": 2, "day": None})
    reply = api.post("/strict-body/strict-but-for-dates", json=good)
    assert (reply.status_code, reply.json()) == (200, good)
    text = {**good, "count": "2"}
    reply = api.post("/strict-body/strict-but-for-dates", json=text)
    assert (reply.status_code, errors(reply)) == (422, {"body.count": "int_type"})


def test_what_a_model_does_not_know_is_ignored_or_forbidden() -> None:
    lost = forbid_extra.Ignoring.model_validate(forbid_extra.MISTYPED)
    assert lost.model_dump() == {"species": "otter", "note": ""}
    assert faults(forbid_extra.Forbidding, forbid_extra.MISTYPED) == {
        "note_": "extra_forbidden",
        "reviewed": "extra_forbidden",
    }


def test_an_adapter_validates_what_is_no_model() -> None:
    otter, wren = type_adapter.SIGHTINGS.validate_json(type_adapter.FROM_A_FILE)
    assert (otter.count, wren.count) == (2, 1)
    assert type_adapter.COUNTS.validate_python({"otter": "2"}) == {"otter": 2}
    with pytest.raises(ValidationError, match="greater_than_equal"):
        type_adapter.COUNTS.validate_python({"otter": -1})


def test_an_object_that_is_no_dict_is_read_by_its_attributes() -> None:
    station = from_attributes.Station.model_validate(from_attributes.ROW)
    assert station.model_dump() == {"code": "HP1", "name": "Heron Pond"}
    fault = faults(from_attributes.Unprepared, from_attributes.ROW)
    assert fault == {"(all of it)": "model_type"}


# --- over HTTP: stored, changed, documented -----


def test_what_is_stored_is_built_from_what_was_sent(api: httpx.Client) -> None:
    sent = {"species": "otter", "count": 2, "reviewer": "me"}
    reply = api.post("/stored-from-input/sightings", json=sent)
    assert reply.status_code == 201
    assert reply.json() == {"id": 1, "species": "otter", "count": 2}
    schemas = api.get("/stored-from-input/openapi.json").json()["components"]["schemas"]
    assert "SightingStored" not in schemas


def test_model_copy_validates_nothing() -> None:
    sighting = patch_naive.Sighting(species="otter")
    nonsense = sighting.model_copy(update={"species": None, "count": "many", "x": 1})
    assert nonsense.model_dump(warnings=False)["count"] == "many"


def test_the_naive_patch_stores_nonsense(api: httpx.Client) -> None:
    bad = {"species": None, "count": -3}
    reply = api.patch("/patch-naive/sightings/1", json=bad)
    assert reply.status_code == 200
    stored = api.get("/patch-naive/sightings/1").json()
    assert stored == {"species": None, "count": -3, "note": "at the weir"}


def test_the_right_patch_changes_what_was_sent(api: httpx.Client) -> None:
    path = "/patch-right/sightings/1"
    sighting = {"species": "otter", "count": 2, "note": "at the weir"}
    for change in ({}, {"count": 3}, {"note": None}, {"note": "gone", "count": 1}):
        sighting |= change
        reply = api.patch(path, json=change)
        assert (reply.status_code, reply.json()) == (200, sighting)
        assert api.get(path).json() == sighting


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"species": None}, {"body.species": "string_type"}),
        ({"count": None}, {"body.count": "int_type"}),
        ({"count": -3}, {"body.count": "greater_than_equal"}),
        ({"count": "many"}, {"body.count": "int_parsing"}),
        ({"note": "dry", "species": "ox"}, {"body.species": "string_too_short"}),
    ],
)
def test_the_right_patch_refuses_what_would_be_invalid(
    api: httpx.Client, change: dict[str, object], fault: dict[str, str]
) -> None:
    path = "/patch-right/sightings/1"
    before = api.get(path).json()
    reply = api.patch(path, json=change)
    assert (reply.status_code, errors(reply)) == (422, fault)
    assert api.get(path).json() == before


@pytest.mark.parametrize("lesson", ["patch-naive", "patch-right"])
def test_a_change_of_nothing_known_is_404(api: httpx.Client, lesson: str) -> None:
    reply = api.patch(f"/{lesson}/sightings/9", json={"count": 3})
    assert (reply.status_code, reply.json()) == (404, {"detail": "No sighting 9."})


def test_the_whole_error_list_becomes_messages_beside_fields(
    api: httpx.Client,
) -> None:
    reply = api.post("/field-messages/walks", json=field_messages.WRONG)
    assert reply.status_code == 422
    assert errors(reply) == {
        "body.station": "string_pattern_mismatch",
        "body.observer.name": "string_too_short",
        "body.observer.email": "value_error",
        "body.sightings.1.species": "string_too_short",
        "body.sightings.1.count": "greater_than_equal",
        "body.sightings.2.species": "missing",
        "body.sightings.2.count": "int_parsing",
    }
    messages = field_messages.by_field(reply.json()["detail"])
    assert list(messages) == [place.removeprefix("body.") for place in errors(reply)]
    assert messages["sightings.2.species"] == ["Field required"]
    ctx = {error["type"]: error.get("ctx") for error in reply.json()["detail"]}
    assert ctx["greater_than_equal"] == {"ge": 1}


def test_a_body_that_is_no_object_is_about_the_whole_form(api: httpx.Client) -> None:
    reply = api.post("/field-messages/walks", json=[])
    (place,) = field_messages.by_field(reply.json()["detail"])
    assert place == "the whole form"


def test_a_good_walk_comes_back(api: httpx.Client) -> None:
    observer = {"name": "Ada", "email": "ada@observatory.example"}
    sightings = [{"species": "otter", "count": 2}]
    walk = {"station": "HP1", "observer": observer, "sightings": sightings}
    reply = api.post("/field-messages/walks", json=walk)
    assert (reply.status_code, reply.json()) == (200, walk)


def test_the_rows_of_a_schema_say_what_the_annotations_say() -> None:
    assert {row.pop("field"): row for row in schema_rows.rows(documented.Sighting)} == {
        "species": {
            "type": "string",
            "rules": "at least 3 characters, at most 40 characters",
            "required": "yes",
        },
        "ring": {
            "type": "string",
            "rules": "matches ^[A-Z]{2}[0-9]{3}$",
            "required": "yes",
        },
        "count": {
            "type": "integer",
            "rules": "≥ 1, ≤ 5000, default 1",
            "required": "no",
        },
        "group": {
            "type": "string",
            "rules": "one of bird, mammal, default bird",
            "required": "no",
        },
        "day": {"type": "string (date) or null", "rules": "", "required": "no"},
        "observer": {"type": "string (email) or null", "rules": "", "required": "no"},
    }


def test_the_docs_get_the_very_schema_of_the_model(api: httpx.Client) -> None:
    schemas = api.get("/documented/openapi.json").json()["components"]["schemas"]
    own = documented.Sighting.model_json_schema()["properties"]
    for name in ("species", "ring", "count"):
        assert schemas["Sighting"]["properties"][name] == own[name]
    assert schemas["Sighting"]["required"] == ["species", "ring"]
    otter = {"species": "otter", "ring": "OT204"}
    reply = api.post("/documented/sightings", json=otter)
    assert reply.json() == {
        **otter,
        "count": 1,
        "group": "bird",
        "day": None,
        "observer": None,
    }


@pytest.mark.parametrize("lesson", ["", "/documented", "/patch-right"])
def test_a_docs_page_refers_only_to_files_of_its_own_server(
    api: httpx.Client, lesson: str
) -> None:
    reply = api.get(f"{lesson}/docs")
    assert reply.status_code == 200
    assert not re.findall(r"https?://", reply.text)
    addresses = re.findall(r"""(?:href|src)="(.+?)"|url: '(.+?)'""", reply.text)
    assert len(addresses) == 4
    for address in ("".join(both) for both in addresses):
        assert api.get(address).status_code == 200


def test_the_lessons_are_listed_and_no_other_has_docs(api: httpx.Client) -> None:
    listed = api.get("/lessons").json()
    assert len(listed) == 6
    for lesson in listed:
        assert api.get(f"{lesson}/openapi.json").json()["paths"]
    reply = api.get("/patch-write/docs")
    assert (reply.status_code, reply.json()) == (
        404,
        {"detail": "No lesson patch-write."},
    )


@pytest.mark.skipif(
    not CHROMIUM.exists() and "CI" not in os.environ,
    reason="no Chromium here: set CHROMIUM to its path",
)
def test_a_browser_shows_the_constraints_in_the_docs(server: Process) -> None:
    from playwright.sync_api import expect, sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        tab = browser.new_page()
        tab.goto(f"{server.url}/documented/docs")
        card = tab.locator(".models .no-margin > article").filter(has_text="Sighting")
        card.get_by_text("Expand all").click(timeout=20_000)
        for constraint in (
            "[3, 40] characters",
            "matches ^[A-Z]{2}[0-9]{3}$",
            "On the leg",
            "[1, 5000]",
            '"mammal"',
            "email",
            "forbidden",
        ):
            expect(card).to_contain_text(constraint)
        browser.close()


# --- from version 1 to version 2 -----


def test_every_new_spelling_works_and_no_old_one_does_so_in_silence() -> None:
    ran = [spelling.ran() for spelling in old_spellings.SPELLINGS]
    assert {row["and of that"] for row in ran} == {"works"}
    came = {row["old"]: row["came of it"] for row in ran}
    others = {old: what for old, what in came.items() if what != "deprecated"}
    assert others == {
        "@root_validator()": "PydanticUserError",
        "m: str = Field('', regex='^o')": "PydanticUserError",
        "m: int | None": "ValidationError",
        "Otter(species=7)": "ValidationError",
        "from pydantic import BaseSettings": "PydanticImportError",
    }


def test_an_old_root_validator_ran_even_if_fields_had_failed() -> None:
    seen: list[dict[str, Any]] = []

    class Count(pydantic_v1.BaseModel):
        adults: int
        young: int

        @pydantic_v1.root_validator
        def note(cls, values: dict[str, Any]) -> dict[str, Any]:
            seen.append(values)
            return values

    with pytest.raises(pydantic_v1.ValidationError):
        Count.parse_obj({"adults": "two", "young": 2})
    assert seen == [{"young": 2}]


def test_the_old_model_of_the_exercise_behaved_as_its_text_says() -> None:
    cells = json.loads((ROOT / "notebooks" / "ch04_data_models.ipynb").read_text())
    text = "\n".join("".join(cell["source"]) for cell in cells["cells"])
    code = text.partition("```python\nclass Observer(BaseModel)")[2].partition("```")[0]
    names: dict[str, Any] = {"Optional": Optional, "__name__": "old"} | vars(
        pydantic_v1
    )
    exec(f"class Observer(BaseModel){code}", names)
    old = names["Observer"]
    ada = {"name": " Ada ", "email": "ada@observatory.example", "badge": 17}
    made = old(**ada)
    assert (made.name, made.nickname, made.badge) == ("Ada", None, "17")
    assert old.from_orm(made) == made
    assert made.public() == {"name": "Ada", "nickname": None, "badge": "17"}
    for wrong in ({"nickname": "Ada"}, {"name": "  "}):
        with pytest.raises(pydantic_v1.ValidationError):
            old(**{**ada, **wrong})


# --- what it costs, and the pictures -----


def test_a_dataclass_checks_nothing() -> None:
    nonsense: Any = {"species": None, "station": 7, "count": "many"}
    assert plain_classes.PlainSighting(**nonsense).count == nonsense["count"]
    assert len(refused(plain_classes.Sighting, nonsense)) == 3
    from_json = plain_classes.Sighting.model_validate_json(plain_classes.ROW_AS_JSON)
    assert from_json == plain_classes.Sighting.model_validate(plain_classes.ROW)


def test_a_dataclass_refuses_a_list_as_default_where_a_model_copies_it() -> None:
    with pytest.raises(ValueError, match="mutable default"):
        make_dataclass("Note", [("tags", list[str], [])])


def test_a_model_takes_more_memory_than_a_dataclass() -> None:
    row: dict[str, Any] = plain_classes.ROW
    model, plain, slotted = (
        memory.bytes_each(lambda kind=kind: kind(**row), 500)  # type: ignore[misc]
        for kind in (
            plain_classes.Sighting,
            plain_classes.PlainSighting,
            plain_classes.SlottedSighting,
        )
    )
    assert model > 1.5 * plain > 1.5 * 16
    assert plain >= slotted


def texts(figure: Figure) -> list[str]:
    (axes,) = figure.axes
    return [text.get_text() for text in axes.texts if text.get_text()]


def test_bars_are_multiples_of_the_smallest() -> None:
    assert texts(memory.draw({"model": 480.0, "slots": 60.0})) == [" 8×", " 1×"]


def test_a_family_shows_what_each_model_adds_and_points_at_its_parent() -> None:
    family: list[type[BaseModel]] = [
        variants.SightingBase,
        variants.SightingCreate,
        variants.SightingStored,
        variants.SightingRead,
    ]
    figure = drawings.family(family)
    assert texts(figure) == [
        "SightingBase\nspecies, station, count",
        "SightingCreate\nnothing of its own",
        "SightingStored\nreviewer",
        "SightingRead\nid",
    ]
    arrows = [text for text in figure.axes[0].texts if not text.get_text()]
    assert len(arrows) == 3
    assert len(drawings.family(family[2:3]).axes[0].texts) == 1


def test_the_way_of_a_value_names_the_type_after_before() -> None:
    steps = validation_order.order({"count": 2})
    shown = texts(drawings.way(steps, kind="int"))
    stages = shown[::2]
    assert stages.index("the type: int") == stages.index("before") + 1
    assert len(stages) == len(steps) + 1
    assert shown[1] == "{'count': 2}"


def test_a_card_has_a_line_for_each_field_and_marks_what_is_required() -> None:
    rows = schema_rows.rows(documented.Sighting)
    (axes,) = drawings.card(rows, title="Sighting").axes
    (table,) = axes.tables
    cells = table.get_celld()
    assert cells[1, 0].get_text().get_text() == "species"
    assert cells[len(rows), 3].get_text().get_text() == "no"
    assert cells[1, 0].get_facecolor() != cells[3, 0].get_facecolor()


# --- the chapter as a program -----


def test_the_chapter_runs_as_a_program() -> None:
    """Where port 8004 is taken already, it is asked for and the log says so."""
    said = r"8004"
    command = ["python", "-m", "chapters.ch04_data_models"]
    with launch(command, name="chapter 4 as a program", ready=said) as process:
        assert process.lines(said)


# --- exercises, both ways -----

ANSWERS = {
    "nested-paths": ("Walk",),
    "default-trap": ("Note",),
    "family": ("app", "NestBase"),
    "three-validators": ("Ringing",),
    "patch": ("app",),
    "port": ("observer_model",),
}


def answer(name: str, source: str) -> list[Any]:
    """What a cell with this source hands to the check."""
    names: dict[str, Any] = {"__name__": "answer"}
    exec(compile(source, "<cell>", "exec"), names)
    return [names[each] for each in ANSWERS[name]]


def solution(name: str) -> str:
    path = SOLUTIONS / f"{name.replace('-', '_')}.py"
    return path.read_text(encoding="utf-8")


def told(name: str, *answers: Any) -> str:
    """What the learner reads: nothing when it passes."""
    result = check(f"ch04.{name}", *answers)
    return "" if result.passed else result.message


def slug(path: Path) -> str:
    return path.name.partition(".")[0].replace("_", "-")


@pytest.mark.parametrize("lesson", [patch_right, stored_from_input])
def test_a_lesson_keeps_what_its_openapi_document_promises(
    lesson: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lesson, "sightings", dict(lesson.sightings))
    assert breaches(lesson.app) == []


def test_every_exercise_has_a_solution_and_wrong_answers() -> None:
    ids = {task.id.removeprefix("ch04.") for task in exercises("ch04")}
    wrong = [slug(path) for path in (SOLUTIONS / "wrong").glob("*.py")]
    assert ids == set(ANSWERS) == {slug(path) for path in SOLUTIONS.glob("*.py")}
    assert all(wrong.count(one) >= 2 for one in ids)


@pytest.mark.parametrize("name", ANSWERS)
def test_a_solution_passes_and_passes_again(name: str) -> None:
    answers = answer(name, solution(name))
    assert [told(name, *answers), told(name, *answers)] == ["", ""]


@pytest.mark.parametrize(
    "path", sorted((SOLUTIONS / "wrong").glob("*.py")), ids=lambda path: path.stem
)
def test_a_wrong_answer_is_told_what_is_wrong_every_time(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    expected = source.splitlines()[0].removeprefix("# expect: ")
    answers = answer(slug(path), source)
    first, second = told(slug(path), *answers), told(slug(path), *answers)
    assert expected in first
    assert expected in second


@pytest.mark.parametrize("name", ["family", "patch", "port"])
def test_a_stub_is_not_yet_an_answer(name: str) -> None:
    def stub(*_: object) -> None:
        raise NotImplementedError

    app = FastAPI()
    app.post("/nests")(lambda: stub())
    app.patch("/stations/{code}")(lambda: stub())
    answers: dict[str, list[Any]] = {
        "family": [app, BaseModel],
        "patch": [app],
        "port": [stub],
    }
    assert told(name, *answers[name]).startswith("not yet")


@pytest.mark.parametrize("name", ["nested-paths", "default-trap", "three-validators"])
def test_what_is_no_model_is_named(name: str) -> None:
    for strange in (7, "Walk", dict, lambda: 7):
        assert told(name, strange).startswith("I expected a model")


def test_what_makes_no_model_is_named() -> None:
    assert "I expected the function" in told("port", 7)
    assert "I expected a model" in told("port", lambda: 7)
    assert "I expected the function" in told("port", BaseModel)


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("nested-paths", "min_length=3", "min_length=2", "an error at `stops.1"),
        ("nested-paths", "ge=1", "gt=0", ""),
        ("nested-paths", "^[A-Z]", "[A-Z]", "XHP1"),
        ("nested-paths", "[0-9]$", "[0-9]", "HP12"),
        ("default-trap", "list[str]", "list[int]", "it was refused at `tags.0`"),
        ("default-trap", "list[str]", "list[object]", "and it was accepted"),
        ("family", "reviewed: bool = False", "reviewed: bool = True", "is `True`"),
        ("family", "    reviewed: bool = False\n", "", "Expected ['reviewed'] as well"),
        (
            "three-validators",
            '            raise ValueError("adults and young are not the total")\n',
            '            assert False, "adults and young are not the total"\n',
            "",
        ),
        (
            "three-validators",
            "        return self\n",
            "",
            "a model validator returns what is to be kept",
        ),
        ("nested-paths", "(ge=1)] = 1", "(ge=1)] = 2", "is `2`. Expected `1`"),
        ("nested-paths", "warden: str", "wardens: str", "refused at `wardens`"),
        ("nested-paths", "warden: str", "warden: str = 7  # type: ignore", ""),
        (
            "nested-paths",
            "sightings: list[Sighting]\n",
            "sightings: list[Sighting]\n    note: str = 'x'\n",
            "",
        ),
        (
            "default-trap",
            "tags: list[str] = []",
            "tags: list[str] = ['new']",
            "is `['new']`. Expected `[]`",
        ),
        (
            "default-trap",
            "datetime.now(UTC)",
            "datetime.now(UTC).replace(year=2999)",
            "it is in the future",
        ),
        ("family", "    id: int\n", "    id: str\n", "answered `500`"),
        ("family", "id=len(nests) + 1", "id=0", ""),
        (
            "family",
            "-> NestRead:\n    stored",
            "-> dict[str, str]:\n    return {}\n    stored",
            "answered `201` with `{}`",
        ),
        (
            "family",
            "status_code=201",
            "status_code=201, response_model=None",
            "only what all may know leaves",
        ),
        (
            "family",
            "    return stored\n",
            "    return PlainTextResponse('kestrel', 201)\n",
            "answered `201` with `kestrel`",
        ),
        ("family", "(nest: NestCreate)", "(nest: NestCreate, x: NestStored)", "`422`"),
        (
            "family",
            "app = FastAPI()\n",
            "app = FastAPI()\n\n@app.get('/all')\n"
            "async def every() -> list[NestStored]:\n    return []\n",
            "found `NestStored` in it",
        ),
        (
            "family",
            "    id: int\n",
            "    id: int\n    ring: str = ''\n",
            "Expected",
        ),
        (
            "three-validators",
            "opened in 1974",
            "was closed",
            "Expected `the reserve opened in 1974` in it",
        ),
        ("port", "return Observer", "return int", "I expected a model"),
        ("port", "def public", "def publish", "I looked for the method `public`"),
        ("port", 'exclude={"email"}', "", "I called `public()` and got"),
        ("port", "(min_length=1)", "()", "it was accepted"),
        ("port", "from_attributes=True, ", "", "it was refused at `the model itself`"),
    ],
)
def test_other_mistakes_are_told_too(name: str, old: str, new: str, said: str) -> None:
    source = solution(name)
    assert old in source
    begin = "from fastapi.responses import PlainTextResponse\n"
    message = told(name, *answer(name, begin + source.replace(old, new)))
    assert said in message if said else message == ""


def test_more_errors_than_faults_are_named() -> None:
    source = solution("three-validators").replace(
        "        return self\n", "        raise ValueError('never')\n"
    )
    assert "it was refused at `the model itself`" in told(
        "three-validators", *answer("three-validators", source)
    )
    source = solution("nested-paths").replace(
        "warden: str", "warden: str\n    boots: int = Field('x', validate_default=True)"
    )
    assert "refused at `boots`" in told("nested-paths", *answer("nested-paths", source))
