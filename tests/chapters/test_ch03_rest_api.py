"""Chapter 3: every lesson's claim, asked of one real server that serves them all."""

import io
import json
import os
import re
import runpy
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI, Query
from fastapi.exceptions import FastAPIDeprecationWarning
from PIL import Image, ImageChops, ImageStat

import chapters.ch03_rest_api as room
from chapters.ch03_rest_api.reserve.app import app as reserve
from chapters.toolkit import check, launch
from chapters.toolkit.checks import exercises
from chapters.toolkit.processes import Process
from tests.contracts import breaches

ROOT = Path(__file__).parents[2]
KESTREL = (ROOT / "assets" / "images" / "kestrel.png").read_bytes()
SOLUTIONS = ROOT / "tests" / "solutions" / "ch03_rest_api"
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))

JSON = {"content-type": "application/json"}
OTTER = {"species": "otter", "count": 1}
ADA = {"name": "Ada", "since": 2019}
SUM = {"adults": 1, "young": 1, "total": 2}
WRONG_SUM = {"adults": 1, "young": 1, "total": 3}


@pytest.fixture(scope="module")
def server() -> Iterator[Process]:
    with launch("chapters.ch03_rest_api", name="tests of chapter 3") as process:
        yield process


@pytest.fixture(scope="module")
def client(server: Process) -> Iterator[httpx.Client]:
    """A client that keeps no connection: uvicorn closes one after a 500."""
    limits = httpx.Limits(max_keepalive_connections=0)
    with httpx.Client(base_url=server.url, limits=limits, timeout=30) as client:
        yield client


@pytest.fixture
def api(client: httpx.Client) -> httpx.Client:
    client.cookies.clear()
    return client


def errors(reply: httpx.Response) -> list[tuple[str, str]]:
    """What FastAPI refused, as (type, place)."""
    return [
        (e["type"], "/".join(str(part) for part in e["loc"]))
        for e in reply.json()["detail"]
    ]


# --- what is accepted -----


def accepted(claim: str, ask: str, answer: object, **sent: Any) -> Any:
    return pytest.param(ask, sent, answer, id=claim)


@pytest.mark.parametrize(
    ("ask", "sent", "answer"),
    [
        accepted(
            "a function answers for a path",
            "GET /first-endpoint/",
            {"observatory": "open", "warden": "on duty"},
        ),
        accepted(
            "an id arrives as a number",
            "GET /path-types/stations/7",
            {"station_id": 7},
        ),
        accepted(
            "a path holds two parameters",
            "GET /path-two/stations/HP1/sightings/3",
            {"code": "HP1", "number": 3},
        ),
        accepted(
            "a listed group is let in",
            "GET /path-choices/groups/bird/species/7",
            {"group": "bird", "species_id": 7},
        ),
        accepted(
            "the bounds themselves are allowed",
            "GET /path-bounds/stations/999",
            {"station_id": 999},
        ),
        accepted(
            "three characters are a code",
            "GET /path-length/stations/HP1",
            {"code": "HP1"},
        ),
        accepted(
            "two capitals and three digits are a ring",
            "GET /path-pattern/rings/KE204",
            {"ring": "KE204"},
        ),
        accepted(
            "a loose pattern takes underscores for letters",
            "GET /path-pattern/loose-rings/__204",
            {"ring": "__204"},
        ),
        accepted(
            "a loose pattern takes a part for the whole",
            "GET /path-pattern/loose-rings/xKE2040",
            {"ring": "xKE2040"},
        ),
        accepted(
            "a described parameter is a parameter as before",
            "GET /metadata/stations/7",
            {"station_id": 7},
        ),
        accepted(
            "a deprecated route still answers",
            "GET /metadata/posts/7",
            {"station_id": 7},
        ),
        accepted(
            "a route outside the schema still answers",
            "GET /metadata/heartbeat",
            {"alive": True},
        ),
        accepted(
            "a missing query takes its default",
            "GET /query-optional/sightings",
            {"page": 1, "size": 10},
        ),
        accepted(
            "a query arrives as numbers",
            "GET /query-optional/sightings?page=5&size=50",
            {"page": 5, "size": 50},
        ),
        accepted(
            "a required query is let in when it is there",
            "GET /query-required/sightings?order=newest",
            {"order": "newest"},
        ),
        accepted(
            "a bounded query keeps its defaults",
            "GET /query-bounds/sightings",
            {"page": 1, "size": 10},
        ),
        accepted(
            "a repeated name is a list",
            "GET /query-lists/sightings?species=kestrel&species=otter",
            {"species": ["kestrel", "otter"]},
        ),
        accepted(
            "a list may be absent",
            "GET /query-lists/sightings",
            {"species": []},
        ),
        accepted(
            "a query model fills in its defaults",
            "GET /query-model/sightings?species=otter&size=5",
            {"species": "otter", "page": 1, "size": 5},
        ),
        accepted("the old style works", "GET /old-style/old", {"size": 10}),
        accepted("the new style does the same", "GET /old-style/new", {"size": 10}),
        accepted(
            "the fixed path before the open one is found",
            "GET /route-order/observers/me",
            {"observer": "you"},
        ),
        accepted(
            "the open path takes the rest",
            "GET /route-order/observers/7",
            {"observer": 7},
        ),
        accepted(
            "a text that looks like a number becomes one",
            "POST /body-fields/sightings",
            OTTER,
            json={"species": "otter", "count": "1"},
        ),
        accepted(
            "a returned model is serialised with its defaults",
            "POST /body-model/sightings",
            {**OTTER, "note": None},
            json=OTTER,
        ),
        accepted(
            "two models sit under the names of their arguments",
            "POST /body-several/reports",
            {"sighting": OTTER, "observer": ADA},
            json={"sighting": OTTER, "observer": ADA},
        ),
        accepted(
            "a single value sits beside the model",
            "POST /body-beside/reports",
            {"sighting": OTTER, "certainty": 3},
            json={"sighting": OTTER, "certainty": 3},
        ),
        accepted(
            "JSON that says so is read",
            "POST /content-type/sightings",
            OTTER,
            json=OTTER,
        ),
        accepted(
            "a lenient route reads JSON that does not say so",
            "POST /content-type/logger",
            OTTER,
            content=json.dumps(OTTER).encode(),
        ),
        accepted(
            "a form is read and the answer is JSON",
            "POST /form-fields/observers",
            ADA,
            data=ADA,
        ),
        accepted("a form fills a model", "POST /form-model/observers", ADA, data=ADA),
        accepted(
            "a file arrives as bytes",
            "POST /file-bytes/photos",
            {"size": len(KESTREL)},
            files={"photo": KESTREL},
        ),
        accepted(
            "a spooled file knows its name, type and size",
            "POST /file-spooled/photos",
            {
                "name": "kestrel.png",
                "type": "image/png",
                "size": len(KESTREL),
                "begins": "89 50 4e 47 0d 0a 1a 0a",
            },
            files={"photo": ("kestrel.png", KESTREL)},
        ),
        accepted(
            "several files share a name",
            "POST /files-several/photos",
            [{"name": "a.png", "size": 1}, {"name": "b.png", "size": 2}],
            files=[("photos", ("a.png", b"1")), ("photos", ("b.png", b"22"))],
        ),
        accepted(
            "a short note is below the limit",
            "POST /body-limit/notes",
            {"length": 5},
            json={"text": "otter"},
        ),
        accepted(
            "a route has a limit of its own",
            "POST /body-limit/photos",
            {"size": 20_000},
            files={"photo": bytes(20_000)},
        ),
        accepted(
            "a header is an argument whatever its case",
            "GET /header-required/",
            {"station": "HP1"},
            headers={"STATION": "HP1"},
        ),
        accepted(
            "a hyphen becomes an underscore",
            "GET /header-names/",
            {"user_agent": "field-glass/1.0"},
            headers={"User-Agent": "field-glass/1.0"},
        ),
        accepted(
            "a repeated header is a list",
            "GET /header-names/via",
            {"x_relay": ["ridge", "marsh"]},
            headers=[("X-Relay", "ridge"), ("X-Relay", "marsh")],
        ),
        accepted("a cookie may be absent", "GET /cookie-optional/", {"station": None}),
        accepted(
            "a cookie is read",
            "GET /cookie-optional/",
            {"station": "HP1"},
            headers={"Cookie": "station=HP1"},
        ),
        accepted(
            "headers fill a model",
            "GET /header-cookie-models/device",
            {"x_device": "tablet", "x_battery": 80},
            headers={"X-Device": "tablet", "X-Battery": "80"},
        ),
        accepted(
            "cookies fill a model",
            "GET /header-cookie-models/visit",
            {"station": "HP1", "visits": 2},
            headers={"Cookie": "station=HP1; visits=2"},
        ),
        accepted(
            "the request object knows everything",
            "POST /request-object/anything/a/b?x=1",
            {"method": "POST", "rest": "a/b", "query": "x=1", "bytes": 3},
            content=b"abc",
        ),
        accepted(
            "a stored model leaks its private field",
            "GET /private-leak/nests/1",
            {
                "species": "kestrel",
                "grid_square": "D4",
                "exact_position": "third oak, east",
            },
        ),
        accepted(
            "a return annotation keeps the private field",
            "GET /private-kept/nests/1",
            {"species": "kestrel", "grid_square": "D4"},
        ),
        accepted(
            "a response model keeps the private field",
            "GET /private-kept/nests/1/card",
            {"species": "kestrel", "grid_square": "D4"},
        ),
        accepted(
            "a kept promise is served",
            "GET /response-check/sightings/1",
            {"species": "kestrel", "count": 2},
        ),
        accepted(
            "numbers that add up are counted",
            "POST /error-message/counts",
            {"message": "Counted."},
            json=SUM,
        ),
        accepted(
            "the structured error has a success too",
            "POST /error-details/counts",
            {"message": "Counted."},
            json=SUM,
        ),
        accepted(
            "a known station is found",
            "GET /error-handler/stations/HP1",
            {"name": "Heron Pond"},
        ),
        accepted(
            "two known stations make a route",
            "GET /error-handler/route/HP1/SM3",
            {"route": "Heron Pond to Salt Marsh"},
        ),
        accepted(
            "a long enough pin is welcome",
            "POST /error-secret/badges",
            {"welcome": "Ada"},
            json={"observer": "Ada", "pin": "123456"},
        ),
    ],
)
def test_a_request_is_accepted(
    api: httpx.Client, ask: str, sent: dict[str, Any], answer: object
) -> None:
    reply = api.request(*ask.split(" ", 1), **sent)
    assert (reply.status_code, reply.json()) == (200, answer)


@pytest.mark.parametrize("yes", ["yes", "on", "1", "true", "True", "t", "y"])
def test_many_words_mean_yes(api: httpx.Client, yes: str) -> None:
    reply = api.get("/query-flags/sightings", params={"with_photo": yes})
    assert reply.json() == {"with_photo": True}


@pytest.mark.parametrize("no", ["no", "off", "0", "false"])
def test_many_words_mean_no(api: httpx.Client, no: str) -> None:
    reply = api.get("/query-flags/sightings", params={"with_photo": no})
    assert reply.json() == {"with_photo": False}


# --- what is refused -----


def refused(claim: str, ask: str, *wrong: tuple[str, str], **sent: Any) -> Any:
    return pytest.param(ask, sent, list(wrong), id=claim)


@pytest.mark.parametrize(
    ("ask", "sent", "wrong"),
    [
        refused(
            "a word is no number",
            "GET /path-types/stations/kestrel",
            ("int_parsing", "path/station_id"),
        ),
        refused(
            "the second parameter has a type of its own",
            "GET /path-two/stations/HP1/sightings/first",
            ("int_parsing", "path/number"),
        ),
        refused(
            "a group that is not listed",
            "GET /path-choices/groups/fish/species/7",
            ("enum", "path/group"),
        ),
        refused(
            "a station below the first",
            "GET /path-bounds/stations/0",
            ("greater_than_equal", "path/station_id"),
        ),
        refused(
            "a station above the last",
            "GET /path-bounds/stations/1000",
            ("less_than_equal", "path/station_id"),
        ),
        refused(
            "a code too short",
            "GET /path-length/stations/HP",
            ("string_too_short", "path/code"),
        ),
        refused(
            "a code too long",
            "GET /path-length/stations/HP12",
            ("string_too_long", "path/code"),
        ),
        *(
            refused(
                f"a ring is not like {ring!a}",
                f"GET /path-pattern/rings/{ring}",
                ("string_pattern_mismatch", "path/ring"),
            )
            for ring in ("__204", "ke204", "xKE204", "KE2040", "12345", "KE٢٠٤")
        ),
        refused(
            "a required query that is missing",
            "GET /query-required/sightings",
            ("missing", "query/order"),
        ),
        refused(
            "an order that is not listed",
            "GET /query-required/sightings?order=random",
            ("enum", "query/order"),
        ),
        refused(
            "two mistakes are reported together",
            "GET /query-bounds/sightings?page=0&size=500",
            ("greater_than", "query/page"),
            ("less_than_equal", "query/size"),
        ),
        refused(
            "a list with too many items",
            "GET /query-lists/sightings?species=a&species=b&species=c&species=d",
            ("too_long", "query/species"),
        ),
        refused(
            "perhaps is neither yes nor no",
            "GET /query-flags/sightings?with_photo=perhaps",
            ("bool_parsing", "query/with_photo"),
        ),
        refused(
            "a misspelt query is not overlooked",
            "GET /query-model/sightings?sise=5",
            ("extra_forbidden", "query/sise"),
        ),
        refused(
            "the old style refuses",
            "GET /old-style/old?size=500",
            ("less_than_equal", "query/size"),
        ),
        refused(
            "the new style refuses the same",
            "GET /old-style/new?size=500",
            ("less_than_equal", "query/size"),
        ),
        refused(
            "the fixed path after the open one is never found",
            "GET /route-order/wardens/me",
            ("int_parsing", "path/observer_id"),
        ),
        refused(
            "a body with a field missing",
            "POST /body-fields/sightings",
            ("missing", "body/count"),
            json={"species": "otter"},
        ),
        refused(
            "broken JSON",
            "POST /body-model/sightings",
            ("json_invalid", "body/1"),
            content=b"{oops",
            headers=JSON,
        ),
        refused(
            "a count that is a word",
            "POST /body-model/sightings",
            ("int_parsing", "body/count"),
            json={"species": "otter", "count": "many"},
        ),
        refused(
            "a flat body where two models are meant",
            "POST /body-several/reports",
            ("missing", "body/sighting"),
            ("missing", "body/observer"),
            json={**OTTER, **ADA},
        ),
        refused(
            "a certainty off the scale",
            "POST /body-beside/reports",
            ("less_than_equal", "body/certainty"),
            json={"sighting": OTTER, "certainty": 4},
        ),
        refused(
            "JSON that does not say so",
            "POST /content-type/sightings",
            ("model_attributes_type", "body"),
            content=json.dumps(OTTER).encode(),
        ),
        refused(
            "JSON that says it is text, even where the rule is lenient",
            "POST /content-type/logger",
            ("model_attributes_type", "body"),
            content=json.dumps(OTTER).encode(),
            headers={"content-type": "text/plain"},
        ),
        refused(
            "JSON where a form is meant",
            "POST /form-fields/observers",
            ("missing", "body/name"),
            ("missing", "body/since"),
            json=ADA,
        ),
        refused(
            "a form field that nobody knows",
            "POST /form-model/observers",
            ("extra_forbidden", "body/badge"),
            data={**ADA, "badge": "B-17"},
        ),
        refused(
            "a form without its file",
            "POST /file-bytes/photos",
            ("missing", "body/photo"),
        ),
        refused(
            "a required header that is missing",
            "GET /header-required/",
            ("missing", "header/station"),
        ),
        refused(
            "a device that does not say what it is",
            "GET /header-cookie-models/device",
            ("missing", "header/x-device"),
        ),
        refused(
            "a cookie that nobody knows",
            "GET /header-cookie-models/visit",
            ("extra_forbidden", "cookie/tracker"),
            headers={"Cookie": "station=HP1; tracker=1"},
        ),
        refused(
            "a status of 201 is for success only",
            "POST /status-created/sightings",
            ("missing", "body/count"),
            json={"species": "otter"},
        ),
        refused(
            "an event id that is no number",
            "GET /server-sent-events/news",
            ("int_parsing", "header/last-event-id"),
            headers={"Last-Event-ID": "last"},
        ),
    ],
)
def test_a_request_is_refused_and_the_place_named(
    api: httpx.Client, ask: str, sent: dict[str, Any], wrong: list[tuple[str, str]]
) -> None:
    reply = api.request(*ask.split(" ", 1), **sent)
    assert (reply.status_code, errors(reply)) == (422, wrong)


def test_a_missing_path_part_is_404_not_422(api: httpx.Client) -> None:
    reply = api.get("/path-types/stations")
    assert (reply.status_code, reply.json()) == (404, {"detail": "Not Found"})


def test_a_refusal_repeats_the_input_and_lists_what_is_allowed(
    api: httpx.Client,
) -> None:
    [error] = api.get("/path-choices/groups/fish/species/7").json()["detail"]
    assert error["input"] == "fish"
    assert error["ctx"] == {"expected": "'bird', 'mammal' or 'insect'"}


def test_a_refusal_with_a_handler_keeps_the_secret(api: httpx.Client) -> None:
    reply = api.post("/error-secret/badges", json={"observer": "Ada", "pin": "1234"})
    [error] = reply.json()["detail"]
    assert reply.status_code == 422
    assert error["loc"] == ["body", "pin"]
    assert "1234" not in reply.text


# --- one address, four verbs -----


def test_each_verb_does_its_own_to_one_address(api: httpx.Client) -> None:
    board = "/methods/board"
    assert api.get(board).json() == {"text": "Hide closed for repairs"}
    assert api.put(board, json={"text": "Open"}).json() == {"text": "Open"}
    assert api.patch(board, json={"more": "Mind the step"}).json() == {
        "text": "Open. Mind the step"
    }
    assert api.delete(board).json() == api.get(board).json() == {"text": ""}


def test_a_verb_without_a_function_is_405(api: httpx.Client) -> None:
    reply = api.post("/methods/board", json={"text": "Open"})
    assert (reply.status_code, reply.json()) == (405, {"detail": "Method Not Allowed"})
    assert "GET" in reply.headers["allow"]


# --- uploads and limits -----


@pytest.mark.parametrize(
    ("content", "media_type", "status", "body"),
    [
        pytest.param(
            KESTREL, "image/png", 201, {"size": len(KESTREL)}, id="a picture is kept"
        ),
        pytest.param(
            b"an otter",
            "text/plain",
            415,
            {"detail": "Send a PNG or a JPEG picture."},
            id="a text is refused",
        ),
        pytest.param(
            b"an otter",
            "image/png",
            415,
            {"detail": "This is not what it says it is."},
            id="a text that calls itself a picture is refused",
        ),
        pytest.param(
            KESTREL + bytes(100_000),
            "image/png",
            413,
            {"detail": "At most 100000 bytes, please."},
            id="a picture too large is refused",
        ),
    ],
)
def test_an_upload_is_checked(
    api: httpx.Client, content: bytes, media_type: str, status: int, body: object
) -> None:
    files = {"photo": ("kestrel", content, media_type)}
    reply = api.post("/file-checked/photos", files=files)
    assert (reply.status_code, reply.json()) == (status, body)


def test_a_body_above_the_limit_of_the_app_is_413(api: httpx.Client) -> None:
    reply = api.post("/body-limit/notes", json={"text": "a" * 2_000})
    assert (reply.status_code, reply.text) == (413, "Content Too Large")


def test_a_body_above_the_limit_of_its_route_is_413(api: httpx.Client) -> None:
    reply = api.post("/body-limit/photos", files={"photo": bytes(60_000)})
    assert (reply.status_code, reply.text) == (413, "Content Too Large")


def test_a_body_that_hides_its_length_is_413_too(api: httpx.Client) -> None:
    pieces = (b"a" * 1_000 for _ in range(3))
    reply = api.post("/body-limit/notes", content=pieces, headers=JSON)
    assert reply.request.headers["transfer-encoding"] == "chunked"
    assert (reply.status_code, reply.json()) == (413, {"detail": "Content Too Large"})


# --- statuses, headers, cookies on the way out -----


def test_a_creation_is_201(api: httpx.Client) -> None:
    reply = api.post("/status-created/sightings", json=OTTER)
    assert (reply.status_code, reply.json()) == (201, OTTER)


def test_a_removal_is_204_without_a_body_and_the_same_when_repeated(
    api: httpx.Client,
) -> None:
    sightings = "/status-no-content/sightings"
    assert api.get(sightings).json() == {"1": "kestrel", "2": "otter"}
    for _ in range(2):
        reply = api.delete(f"{sightings}/1")
        assert (reply.status_code, reply.content) == (204, b"")
    assert api.get(sightings).json() == {"2": "otter"}


def test_an_unknown_key_that_nobody_checks_is_500(api: httpx.Client) -> None:
    assert api.get("/private-leak/nests/9").status_code == 500


def test_a_broken_promise_is_500_and_the_log_says_why(
    api: httpx.Client, server: Process
) -> None:
    reply = api.get("/response-check/sightings/2")
    assert (reply.status_code, reply.text) == (500, "Internal Server Error")
    assert "ResponseValidationError" in server.until("ResponseValidationError")


def test_a_header_is_set_and_the_body_stays(api: httpx.Client) -> None:
    reply = api.get("/response-header/sightings")
    assert reply.headers["x-total"] == "3"
    assert reply.json() == ["kestrel", "otter", "grey heron"]


def test_two_cookies_are_set_with_their_options(api: httpx.Client) -> None:
    reply = api.put("/response-cookie/station/HP1")
    assert reply.json() == {"station": "HP1"}
    assert reply.headers.get_list("set-cookie") == [
        "station=HP1; HttpOnly; Max-Age=86400; Path=/; SameSite=lax",
        "tour=seen; Path=/; SameSite=strict",
    ]


def test_a_cookie_is_forgotten_by_setting_it_to_nothing(api: httpx.Client) -> None:
    api.put("/response-cookie/station/HP1")
    assert api.cookies["station"] == "HP1"
    reply = api.delete("/response-cookie/station")
    assert reply.json() == {"station": None}
    assert "Max-Age=0" in reply.headers["set-cookie"]
    assert "station" not in api.cookies


def test_put_says_created_once_and_replaced_afterwards(api: httpx.Client) -> None:
    marsh = {"name": "Salt Marsh", "habitat": "marsh"}
    replies = [api.put("/response-status/stations/SM3", json=marsh) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [201, 200]
    assert [reply.json() for reply in replies] == [marsh, marsh]


def test_a_dynamic_status_is_documented_by_responses(api: httpx.Client) -> None:
    paths = api.get("/response-status/openapi.json").json()["paths"]
    assert {"200", "201", "422"} == set(paths["/stations/{code}"]["put"]["responses"])


def test_a_dynamic_status_is_undocumented_without_responses() -> None:
    app = FastAPI()
    app.put("/stations/{code}")(lambda code: code)
    put = app.openapi()["paths"]["/stations/{code}"]["put"]
    assert "201" not in put["responses"]


# --- errors of our own -----


def test_an_error_carries_a_message(api: httpx.Client) -> None:
    reply = api.post("/error-message/counts", json=WRONG_SUM)
    assert reply.status_code == 400
    assert reply.json() == {"detail": "The numbers do not add up."}


def test_an_error_carries_a_structure(api: httpx.Client) -> None:
    reply = api.post("/error-details/counts", json=WRONG_SUM)
    assert reply.status_code == 400
    assert reply.json()["detail"] == {
        "message": "The numbers do not add up.",
        "hints": ["Adults and young are 2.", "Count again at the gate."],
    }


@pytest.mark.parametrize("path", ["/stations/XX9", "/route/HP1/XX9"])
def test_an_exception_is_answered_alike_wherever_it_is_raised(
    api: httpx.Client, path: str
) -> None:
    reply = api.get(f"/error-handler{path}")
    assert reply.status_code == 404
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json() == {"title": "No station XX9.", "known": "HP1, PR2, SM3"}


def test_middleware_reaches_errors_too(api: httpx.Client) -> None:
    replies = [api.get(f"/middleware/{path}") for path in ("sightings", "nowhere")]
    assert [reply.status_code for reply in replies] == [200, 404]
    assert [reply.headers["x-served-by"] for reply in replies] == ["Heron Pond"] * 2


def test_work_is_done_after_the_answer(api: httpx.Client) -> None:
    reply = api.post("/background/sightings/otter")
    assert (reply.status_code, reply.json()) == (202, {"message": "Noted."})
    asked = (api.get("/background/journal").json() for _ in range(200))
    assert next(filter(None, asked)) == ["saw otter"]


# --- other kinds of answer -----


@pytest.mark.parametrize(
    ("path", "media_type", "begins"),
    [
        ("/html-and-text/html", "text/html; charset=utf-8", "<h1>Heron Pond</h1>"),
        ("/html-and-text/text", "text/plain; charset=utf-8", "Heron Pond: open"),
        ("/raw-bytes/xml", "application/xml", '<?xml version="1.0"?>'),
        ("/streaming/counts.csv", "text/csv; charset=utf-8", "hour,kestrels\n6,0\n"),
    ],
)
def test_an_answer_has_another_type(
    api: httpx.Client, path: str, media_type: str, begins: str
) -> None:
    reply = api.get(path)
    assert reply.headers["content-type"] == media_type
    assert reply.text.startswith(begins)


@pytest.mark.parametrize(
    ("path", "status", "code"), [("pond", 307, "HP1"), ("marsh", 301, "SM3")]
)
def test_a_redirect_leads_on(
    api: httpx.Client, path: str, status: int, code: str
) -> None:
    reply = api.get(f"/redirects/{path}")
    assert (reply.status_code, reply.headers["location"]) == (
        status,
        f"stations/{code}",
    )
    followed = api.get(f"/redirects/{path}", follow_redirects=True)
    assert followed.json() == {"code": code}


def test_a_returned_response_ignores_decorator_and_injected_header(
    api: httpx.Client,
) -> None:
    reply = api.get("/raw-bytes/ignored")
    assert reply.status_code == 200
    assert "x-lost" not in reply.headers


def test_a_picture_is_served_with_what_a_cache_needs(api: httpx.Client) -> None:
    reply = api.get("/file-download/kestrel")
    assert (reply.status_code, reply.content) == (200, KESTREL)
    assert reply.headers["content-type"] == "image/png"
    assert reply.headers["content-length"] == str(len(KESTREL))
    assert reply.headers["accept-ranges"] == "bytes"
    assert re.fullmatch(r'"\w+"', reply.headers["etag"])
    assert reply.headers["last-modified"].endswith("GMT")


def test_the_picture_is_what_its_script_draws() -> None:
    script = runpy.run_path(str(ROOT / "assets" / "images" / "draw_kestrel.py"))
    stored = Image.open(io.BytesIO(KESTREL)).convert("RGB")
    difference = ImageChops.difference(stored, script["picture"]())
    assert max(ImageStat.Stat(difference).mean) < 3


def test_a_download_has_a_name(api: httpx.Client) -> None:
    reply = api.get("/file-download/kestrel/download")
    attached = reply.headers["content-disposition"]
    assert attached == 'attachment; filename="kestrel.png"'


@pytest.mark.parametrize(
    ("part", "status", "content"),
    [
        pytest.param("bytes=0-7", 206, KESTREL[:8], id="the first eight"),
        pytest.param("bytes=-4", 206, KESTREL[-4:], id="the last four"),
        pytest.param("bytes=9999999-", 416, b"", id="none beyond the end"),
    ],
)
def test_a_part_of_a_file_can_be_asked_for(
    api: httpx.Client, part: str, status: int, content: bytes
) -> None:
    reply = api.get("/file-download/kestrel", headers={"Range": part})
    assert (reply.status_code, reply.content) == (status, content)
    assert reply.headers["content-range"].endswith(f"/{len(KESTREL)}")


def test_a_stream_is_read_before_it_ends(api: httpx.Client) -> None:
    with api.stream("GET", "/streaming/pulse") as reply:
        lines = list(islice(reply.iter_lines(), 3))
    assert lines == ["beat 1", "beat 2", "beat 3"]


def test_yielded_models_are_lines_of_json(api: httpx.Client) -> None:
    reply = api.get("/json-lines/sightings")
    assert reply.headers["content-type"] == "application/jsonl"
    assert [json.loads(line) for line in reply.text.splitlines()] == [
        {"species": "kestrel", "count": 1},
        {"species": "otter", "count": 2},
        {"species": "grey heron", "count": 3},
    ]


def test_events_have_a_name_an_id_and_data(api: httpx.Client) -> None:
    reply = api.get("/server-sent-events/news")
    assert reply.headers["content-type"].startswith("text/event-stream")
    assert reply.headers["cache-control"] == "no-cache"
    first, *_ = reply.text.split("\n\n")
    assert sorted(first.splitlines()) == [
        'data: {"text": "kestrel over the ridge"}',
        "event: sighting",
        "id: 1",
    ]


def test_events_go_on_where_the_line_broke(api: httpx.Client) -> None:
    reply = api.get("/server-sent-events/news", headers={"Last-Event-ID": "2"})
    assert re.findall(r"id: (\d)", reply.text) == ["3"]


# --- the project of several routers -----


def test_a_station_is_listed_read_added_and_removed(api: httpx.Client) -> None:
    stations, marsh = "/reserve/v1/stations", {"code": "SM3", "name": "Salt Marsh"}
    marsh["habitat"] = "marsh"
    reply = api.post(stations, json=marsh)
    assert (reply.status_code, reply.json()) == (201, marsh)
    assert reply.headers["location"] == f"{stations}/SM3"
    assert api.get(reply.headers["location"]).json() == marsh
    assert marsh in api.get(stations).json()
    again = api.post(stations, json=marsh)
    assert (again.status_code, again.json()) == (409, {"detail": "SM3 is taken."})
    assert api.delete(f"{stations}/SM3").status_code == 204
    for gone in (api.get(f"{stations}/SM3"), api.delete(f"{stations}/SM3")):
        assert (gone.status_code, gone.json()) == (404, {"detail": "No station SM3."})


def test_a_sighting_is_listed_read_added_and_removed(api: httpx.Client) -> None:
    sightings, observer = "/reserve/v1/sightings", {"X-Observer": "ada@reserve.example"}
    otter = {"station": "PR2", "species": "otter", "count": 1}
    reply = api.post(sightings, json=otter, headers=observer)
    assert (reply.status_code, reply.json()) == (201, {**otter, "id": 2})
    assert reply.headers["location"] == f"{sightings}/2"
    assert api.get(f"{sightings}/2").json() == {**otter, "id": 2}
    listed = [api.get(sightings, params=q).json() for q in ({}, {"station": "PR2"})]
    assert [[s["id"] for s in some] for some in listed] == [[1, 2], [2]]
    assert "example" not in json.dumps(listed)
    assert api.delete(f"{sightings}/2").status_code == 204
    for gone in (api.get(f"{sightings}/2"), api.delete(f"{sightings}/2")):
        assert (gone.status_code, gone.json()) == (404, {"detail": "No sighting 2."})


def test_a_sighting_at_an_unknown_station_is_400(api: httpx.Client) -> None:
    sighting = {"station": "XX9", "species": "otter", "count": 1}
    headers = {"X-Observer": "ada@reserve.example"}
    reply = api.post("/reserve/v1/sightings", json=sighting, headers=headers)
    assert (reply.status_code, reply.json()) == (400, {"detail": "No station XX9."})


def test_a_trailing_slash_is_redirected(api: httpx.Client) -> None:
    reply = api.get("/reserve/v1/stations/")
    assert reply.status_code == 307
    assert reply.headers["location"].endswith("/reserve/v1/stations")


def test_routers_bring_their_prefix_and_their_tag(api: httpx.Client) -> None:
    paths = api.get("/reserve/openapi.json").json()["paths"]
    tags = {path: paths[path]["get"]["tags"] for path in paths}
    assert tags == {
        "/v1/stations": ["stations"],
        "/v1/stations/{code}": ["stations"],
        "/v1/sightings": ["sightings"],
        "/v1/sightings/{sighting_id}": ["sightings"],
    }


def test_the_project_keeps_what_its_openapi_document_promises() -> None:
    assert breaches(reserve) == []


# --- the docs -----


def lessons() -> list[str]:
    apart = {"__init__", "__main__", "app", "exercises"}
    names = {path.stem for path in Path(room.__file__).parent.glob("*.py")} - apart
    return sorted({name.replace("_", "-") for name in names} | {"reserve"})


def test_every_lesson_is_listed_with_its_operations(api: httpx.Client) -> None:
    listed = api.get("/lessons").json()
    assert sorted(listed) == [f"/{name}" for name in lessons()]
    assert listed["/path-types"] == ["GET /stations/{station_id}"]


@pytest.mark.parametrize("lesson", lessons())
def test_every_lesson_describes_itself(api: httpx.Client, lesson: str) -> None:
    schema = api.get(f"/{lesson}/openapi.json").json()
    assert schema["openapi"].startswith("3.")
    assert schema["paths"]
    assert schema["servers"] == [{"url": f"/{lesson}"}]


@pytest.mark.parametrize("page", ["/docs", *(f"/{name}/docs" for name in lessons())])
def test_a_docs_page_refers_only_to_files_of_its_own_server(
    api: httpx.Client, page: str
) -> None:
    reply = api.get(page)
    assert reply.status_code == 200
    assert not re.findall(r"https?://", reply.text)
    addresses = re.findall(r"""(?:href|src)="(.+?)"|url: '(.+?)'""", reply.text)
    assert len(addresses) == 4
    for address in ("".join(both) for both in addresses):
        assert address.startswith("/")
        assert api.get(address).status_code == 200


def test_the_docs_of_no_lesson_are_404(api: httpx.Client) -> None:
    reply = api.get("/path-tipes/docs")
    assert (reply.status_code, reply.json()) == (
        404,
        {"detail": "No lesson path-tipes."},
    )


def test_the_docs_pages_carry_the_licence_of_what_they_use(api: httpx.Client) -> None:
    for name in ("LICENSE", "NOTICE", "swagger-ui-bundle.js.LICENSE.txt"):
        assert api.get(f"/assets/docs/{name}").status_code == 200


def test_metadata_is_for_readers_and_hidden_routes_stay_hidden(
    api: httpx.Client,
) -> None:
    schema = api.get("/metadata/openapi.json").json()
    assert schema["info"]["title"] == "Observatory"
    assert set(schema["paths"]) == {"/stations/{station_id}", "/posts/{station_id}"}
    assert schema["paths"]["/posts/{station_id}"]["get"]["deprecated"]
    station, old_map = schema["paths"]["/stations/{station_id}"]["get"]["parameters"]
    assert station["description"] == "Number on the post"
    assert old_map["deprecated"]


def test_the_leak_is_in_the_docs_too_and_the_cure_cures_them(
    api: httpx.Client,
) -> None:
    leak, kept = (api.get(f"/private-{n}/openapi.json").text for n in ("leak", "kept"))
    assert "exact_position" in leak
    assert "exact_position" not in kept


@pytest.mark.skipif(
    not CHROMIUM.exists() and "CI" not in os.environ,
    reason="no Chromium here: set CHROMIUM to its path",
)
@pytest.mark.parametrize(
    ("page", "seen"),
    [
        ("/docs", ["/lessons"]),
        ("/reserve/docs", ["/v1/stations", "/v1/sightings/{sighting_id}"]),
    ],
)
def test_a_browser_without_a_network_shows_the_docs(
    server: Process, page: str, seen: list[str]
) -> None:
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
        context = browser.new_context()
        context.route("**/*", guard)
        tab = context.new_page()
        tab.goto(f"{server.url}{page}")
        for path in seen:
            shown = tab.locator(f'.opblock-summary-path[data-path="{path}"]').first
            expect(shown).to_be_visible(timeout=20_000)
        browser.close()
    assert strangers == []


# --- what newer versions refuse of older code -----


def test_a_default_inside_query_and_annotated_is_refused() -> None:
    app = FastAPI()

    def list_sightings(size: Annotated[int, Query(10)]) -> int:
        return size

    with pytest.raises(AssertionError, match="default"):
        app.get("/sightings")(list_sightings)
    assert list_sightings(5) == 5


def test_regex_is_deprecated_in_favour_of_pattern() -> None:
    with pytest.warns(FastAPIDeprecationWarning, match="pattern"):
        Query(regex="^otter$")


# --- the chapter as a program -----


def test_the_chapter_runs_as_a_program() -> None:
    """Where port 8003 is taken already, it is asked for and the log says so."""
    said = r"8003"
    command = ["python", "-m", "chapters.ch03_rest_api"]
    with launch(command, name="chapter 3 as a program", ready=said) as process:
        assert process.lines(said)


# --- exercises, both ways -----

STUBS = {
    "validated-path": """
@app.get("/rings/{ring}")
async def read_ring(ring: str) -> dict[str, str]:
    raise NotImplementedError
""",
    "paging": """
@app.get("/sightings")
async def list_sightings(limit: int = 10, offset: int = 0) -> dict[str, int]:
    raise NotImplementedError
""",
    "upload": """
@app.post("/photos")
async def add_photo(photo: UploadFile) -> dict[str, int]:
    raise NotImplementedError
""",
    "upsert": """
@app.put("/stations/{code}")
async def put_station(code: str) -> None:
    raise NotImplementedError
""",
    "no-leak": """
@app.get("/observers/{observer_id}")
async def read_observer(observer_id: int) -> None:
    raise NotImplementedError
""",
}


def answer(source: str) -> FastAPI:
    """The `app` that a cell with this source makes."""
    names: dict[str, Any] = {"__name__": "answer"}
    exec(source, names)
    app = names["app"]
    assert isinstance(app, FastAPI)
    return app


def slug(path: Path) -> str:
    return path.name.partition(".")[0].replace("_", "-")


def test_every_exercise_has_a_solution_a_stub_and_two_wrong_answers() -> None:
    ids = {task.id.removeprefix("ch03.") for task in exercises("ch03")}
    wrong = [slug(path) for path in (SOLUTIONS / "wrong").glob("*.py")]
    assert ids == set(STUBS) == {slug(path) for path in SOLUTIONS.glob("*.py")}
    assert all(wrong.count(one) == 2 for one in ids)


@pytest.mark.parametrize("name", STUBS)
def test_a_stub_is_not_yet_an_answer(name: str) -> None:
    imports = "from fastapi import FastAPI, UploadFile\napp = FastAPI()\n"
    result = check(f"ch03.{name}", answer(imports + STUBS[name]))
    assert not result.passed
    assert result.message.startswith("not yet")


@pytest.mark.parametrize("path", sorted(SOLUTIONS.glob("*.py")), ids=slug)
def test_a_solution_passes(path: Path) -> None:
    result = check(f"ch03.{slug(path)}", answer(path.read_text(encoding="utf-8")))
    assert result.passed, result.message


@pytest.mark.parametrize(
    "path", sorted((SOLUTIONS / "wrong").glob("*.py")), ids=lambda path: path.stem
)
def test_a_wrong_answer_is_told_what_is_wrong(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    expected = source.splitlines()[0].removeprefix("# expect: ")
    result = check(f"ch03.{slug(path)}", answer(source))
    assert not result.passed
    assert expected in result.message


@pytest.mark.parametrize(
    ("header", "seen"), [("", "none"), ("/stations/PR2", "/stations/PR2")]
)
def test_a_missing_or_false_location_is_named(header: str, seen: str) -> None:
    source = (SOLUTIONS / "upsert.py").read_text(encoding="utf-8")
    line = 'response.headers["Location"] = f"/stations/{code}"'
    other = f'response.headers["Location"] = "{header}"' if header else "pass"
    result = check("ch03.upsert", answer(source.replace(line, other)))
    assert f"`Location`: `{seen}`" in result.message
