"""Chapter 5: every lesson's claim, asked of one real server that serves them all."""

import os
import random
import re
import sqlite3
import sys
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

import chapters.ch05_dependencies as room
from chapters.ch05_dependencies import (
    aliases,
    app_guard,
    exercises,
    found_or_404,
    heavy_start,
    level_tree,
    overrides,
    rate_limit,
    resolution,
    sub_dependencies,
)
from chapters.ch05_dependencies.pages import app as pages
from chapters.ch05_dependencies.pages import store
from chapters.ch05_dependencies.pages.cursor import seal, sign, unseal
from chapters.toolkit import check, launch
from chapters.toolkit.processes import Process
from tests.contracts import breaches

ROOT = Path(__file__).parents[2]
SOLUTIONS = ROOT / "tests" / "solutions" / "ch05_dependencies"
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))

WARDEN, VISITOR = {"X-Badge": "kestrel-7"}, {"X-Badge": "heron-3"}
ADA = httpx.BasicAuth("ada", "kestrel-7")
LOST = "This cursor is not one of ours. Start again without a cursor."


@pytest.fixture(scope="module")
def server() -> Iterator[Process]:
    with launch("chapters.ch05_dependencies", name="tests of chapter 5") as process:
        yield process


@pytest.fixture(scope="module")
def api(server: Process) -> Iterator[httpx.Client]:
    """A client that keeps no connection: uvicorn closes one after a 500."""
    limits = httpx.Limits(max_keepalive_connections=0)
    with httpx.Client(base_url=server.url, limits=limits, timeout=30) as client:
        yield client


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
            "a declared header is injected",
            "GET /already-injected/",
            {"device": "field-glass"},
            headers={"User-Agent": "field-glass"},
        ),
        accepted(
            "a header taken by hand is the same",
            "GET /already-injected/by-hand",
            {"device": "field-glass"},
            headers={"User-Agent": "field-glass"},
        ),
        accepted(
            "a shared dependency has defaults",
            "GET /shared-function/sightings",
            {"skip": 0, "limit": 10},
        ),
        accepted(
            "two routes share it",
            "GET /shared-function/species?skip=10&limit=5",
            {"skip": 10, "limit": 5},
        ),
        accepted(
            "the old style still works",
            "GET /old-style/sightings?limit=5",
            {"skip": 0, "limit": 5},
        ),
        accepted(
            "a limit above the cap is cut",
            "GET /validated-cap/sightings?limit=1000",
            {"skip": 0, "limit": 100},
        ),
        accepted(
            "the cap itself is allowed, in the other route",
            "GET /validated-cap/species?skip=3&limit=100",
            {"skip": 3, "limit": 100},
        ),
        accepted(
            "the forgotten path takes its parameter from the query",
            "GET /forgotten-path/stations?code=HP1",
            {"station": "Heron Pond"},
        ),
        accepted(
            "PATCH without exclude_unset wipes out what was not sent",
            "PATCH /patch-overwrites/overwritten",
            {"name": "", "habitat": "lake"},
            json={"habitat": "lake"},
        ),
        accepted(
            "a model without defaults takes the whole",
            "PATCH /patch-overwrites/refused",
            {"name": "Newt Pool", "habitat": "lake"},
            json={"name": "Newt Pool", "habitat": "lake"},
        ),
        accepted(
            "one object caps at 50",
            "GET /class-call/sightings?limit=1000",
            {"skip": 0, "limit": 50},
        ),
        accepted(
            "another of the same class caps at 5, the default too",
            "GET /class-call/photos",
            {"skip": 0, "limit": 5},
        ),
        accepted(
            "a method is a dependency",
            "GET /methods/sightings?skip=20&limit=1000",
            {"skip": 20, "limit": 50},
        ),
        accepted(
            "another method of the same object pages by number",
            "GET /methods/species?page=3&size=1000",
            {"skip": 100, "limit": 50},
        ),
        accepted(
            "a class method builds what the route wants",
            "GET /class-methods/sightings?since=2026-02-27&days=3",
            {"first": "2026-02-27", "last": "2026-03-01"},
        ),
        accepted(
            "one variant prepares a label",
            "GET /variants/label?species=Grey  Heron",
            {"label": "grey heron"},
        ),
        accepted(
            "another variant prepares a file's name",
            "GET /variants/file-name?species=Grey  Heron",
            {"file": "grey_heron.png"},
        ),
        accepted(
            "a setting caps",
            "GET /settings-dependency/sightings?limit=1000",
            {"limit": 50},
        ),
        accepted(
            "a query model has defaults",
            "GET /query-model/sightings?limit=100",
            {"skip": 0, "limit": 100},
        ),
        accepted(
            "the public neighbour of a guarded router is open",
            "GET /router-guard/species",
            ["kestrel", "otter"],
        ),
        accepted(
            "a router included without a guard is open",
            "GET /including-guard/open/sightings",
            ["kestrel", "otter"],
        ),
        accepted(
            "a mounted app does not know the guard around it",
            "GET /app-guard/leaflet/opening-hours",
            "from dawn to dusk",
        ),
        accepted(
            "a log is kept of a good visit", "GET /logged/stations/HP1", "Heron Pond"
        ),
    ],
)
def test_accepted(
    api: httpx.Client, ask: str, sent: dict[str, Any], answer: object
) -> None:
    method, path = ask.split(" ", 1)
    reply = api.request(method, path, **sent)
    assert (reply.status_code, reply.json()) == (200, answer)


# --- what is refused by its declaration -----


def refused(claim: str, ask: str, kind: str, place: str, **sent: Any) -> Any:
    return pytest.param(ask, sent, (kind, place), id=claim)


@pytest.mark.parametrize(
    ("ask", "sent", "error"),
    [
        refused(
            "a shared parameter is a number",
            "GET /shared-function/species?skip=many",
            "int_parsing",
            "query/skip",
        ),
        refused(
            "a negative skip",
            "GET /validated-cap/species?skip=-1",
            "greater_than_equal",
            "query/skip",
        ),
        refused(
            "a negative limit",
            "GET /validated-cap/sightings?limit=-1",
            "greater_than_equal",
            "query/limit",
        ),
        refused(
            "the forgotten path asks in the query",
            "GET /forgotten-path/stations",
            "missing",
            "query/code",
        ),
        refused(
            "a part of a model without defaults",
            "PATCH /patch-overwrites/refused",
            "missing",
            "body/name",
            json={"habitat": "lake"},
        ),
        refused(
            "null for a count",
            "PATCH /found-or-404/sightings/1",
            "int_type",
            "body/count",
            json={"count": None},
        ),
        refused(
            "a count of nothing",
            "PATCH /found-or-404/sightings/1",
            "greater_than_equal",
            "body/count",
            json={"count": 0},
        ),
        refused(
            "pages count from one",
            "GET /methods/species?page=0",
            "greater_than_equal",
            "query/page",
        ),
        refused(
            "a period begins somewhere",
            "GET /class-methods/sightings",
            "missing",
            "query/since",
        ),
        refused(
            "a misspelt query meets a model",
            "GET /query-model/sightings?limitt=5",
            "extra_forbidden",
            "query/limitt",
        ),
        refused(
            "a header that an alias asks for",
            "POST /aliases/stations/HP1/sightings",
            "missing",
            "header/X-Observer",
            json={"species": "otter"},
        ),
        refused(
            "an offset beyond what SQLite counts",
            f"GET /pages/by-offset?offset={2**63}",
            "less_than_equal",
            "query/offset",
        ),
        refused(
            "a page of nothing",
            "GET /pages/by-cursor?limit=0",
            "greater_than_equal",
            "query/limit",
        ),
    ],
)
def test_refused(
    api: httpx.Client, ask: str, sent: dict[str, Any], error: tuple[str, str]
) -> None:
    method, path = ask.split(" ", 1)
    reply = api.request(method, path, **sent)
    assert reply.status_code == 422
    assert errors(reply) == [error]


def test_a_header_missing_by_hand_is_refused_by_hand() -> None:
    from chapters.ch05_dependencies import already_injected

    client = TestClient(already_injected.app)
    del client.headers["user-agent"]
    reply = client.get("/by-hand")
    assert (reply.status_code, reply.json()["detail"]) == (
        422,
        "The header User-Agent is missing.",
    )


# --- lookups -----


def test_a_sighting_is_found_changed_in_part_and_gone(api: httpx.Client) -> None:
    url = "/found-or-404/sightings"
    kestrel = {"id": 1, "species": "kestrel", "count": 5}
    assert api.patch(f"{url}/1", json={"count": 5}).json() == kestrel
    assert api.get(f"{url}/1").json() == kestrel
    assert api.patch(f"{url}/1", json={}).json() == kestrel
    assert api.delete(f"{url}/2").status_code == 204
    for method in ("GET", "DELETE"):
        reply = api.request(method, f"{url}/2")
        assert (reply.status_code, reply.json()) == (404, {"detail": "No sighting 2."})


def test_aliases_say_what_a_route_needs(api: httpx.Client) -> None:
    sent: dict[str, Any] = {
        "json": {"species": "otter"},
        "headers": {"X-Observer": "Ada"},
    }
    reply = api.post("/aliases/stations/HP1/sightings", **sent)
    assert reply.status_code == 201
    assert reply.json() == {
        "species": "otter",
        "count": 1,
        "station": "Heron Pond",
        "observer": "Ada",
    }
    assert api.post("/aliases/stations/XX9/sightings", **sent).status_code == 404


def test_the_forgotten_path_does_not_exist(api: httpx.Client) -> None:
    assert api.get("/forgotten-path/stations/HP1").status_code == 404
    reply = api.get("/forgotten-path/stations?code=XX9")
    assert (reply.status_code, reply.json()) == (404, {"detail": "No station XX9."})


# --- graphs and sharing -----


@pytest.mark.parametrize(
    ("code", "badge", "status", "detail"),
    [
        ("XX9", "kestrel-7", 404, "No station XX9."),
        ("HP1", "magpie-0", 401, "Nobody has this badge."),
        ("NE9", "heron-3", 403, "Grace may not go to The Nests."),
    ],
)
def test_each_node_of_the_graph_refuses_for_itself(
    api: httpx.Client, code: str, badge: str, status: int, detail: str
) -> None:
    url = f"/sub-dependencies/stations/{code}/sightings"
    reply = api.post(url, headers={"X-Badge": badge})
    assert (reply.status_code, reply.json()) == (status, {"detail": detail})


def test_the_quota_is_used_once_a_request_and_then_up(api: httpx.Client) -> None:
    url = "/sub-dependencies/stations/NE9/sightings"
    replies = [api.post(url, headers=WARDEN) for _ in range(3)]
    assert [reply.status_code for reply in replies] == [201, 201, 429]
    assert [reply.json()["left"] for reply in replies[:2]] == [1, 0]


def test_the_graph_is_fastapis_own() -> None:
    tree = resolution.tree_of(sub_dependencies.app, "/stations/{code}/sightings")
    assert resolution.edges(tree) == [
        ("report", "check_permit"),
        ("check_permit", "find_station"),
        ("check_permit", "find_observer"),
        ("report", "use_quota"),
        ("use_quota", "find_observer"),
    ]
    assert resolution.layers(tree) == [
        ["report"],
        ["check_permit", "use_quota"],
        ["find_station", "find_observer"],
    ]


def test_the_picture_of_the_graph_has_each_function_and_each_arrow() -> None:
    tree = resolution.tree_of(sub_dependencies.app, "/stations/{code}/sightings")
    texts = [text.get_text() for text in resolution.draw(tree).axes[0].texts]
    assert texts.count("") == 5
    assert set(texts) - {""} == {
        name for pair in resolution.edges(tree) for name in pair
    }


def test_the_tree_of_levels_ends_in_four_answers() -> None:
    texts = " ".join(text.get_text() for text in level_tree.draw().axes[0].texts)
    for answer in ("argument", "decorator", "APIRouter", "FastAPI(dependencies"):
        assert answer in texts


def test_a_dependency_runs_once_a_request_unless_told_otherwise(
    api: httpx.Client,
) -> None:
    first, second = api.get("/caching/shared").json()
    again, _ = api.get("/caching/shared").json()
    assert first == second == again - 1
    first, second = api.get("/caching/fresh").json()
    assert (first, second) == (again + 1, again + 2)


# --- yield -----


def log_of(api: httpx.Client, ending: str, last: str) -> tuple[int, list[str]]:
    """Clean-up may go on when the answer is there: ask until it is over."""
    assert api.delete("/cleanup-order/log").status_code == 204
    status = api.get(f"/cleanup-order/visit?ending={ending}").status_code
    asked = (api.get("/cleanup-order/log").json() for _ in range(500))
    return status, next(log for log in asked if last in log)


@pytest.mark.parametrize(
    ("ending", "status", "between"),
    [
        pytest.param(
            "fine",
            200,
            [
                "endpoint runs: fine",
                "answer sent",
                "background task",
                "hide closed",
                "gate closed",
            ],
            id="answer, background task, inner, outer",
        ),
        pytest.param(
            "refused",
            409,
            [
                "endpoint runs: refused",
                "hide closed",
                "gate saw HTTPException",
                "gate closed",
                "answer sent",
            ],
            id="an HTTPException closes everything before it is answered",
        ),
        pytest.param(
            "crash",
            500,
            [
                "endpoint runs: crash",
                "hide closed",
                "gate saw RuntimeError",
                "gate closed",
            ],
            id="a crash closes everything too",
        ),
        pytest.param(
            "lost",
            422,
            [
                "hide closed",
                "gate saw RequestValidationError",
                "gate closed",
                "answer sent",
            ],
            id="a wrong parameter of the route has opened the dependencies",
        ),
    ],
)
def test_what_is_opened_is_closed_in_reverse(
    api: httpx.Client, ending: str, status: int, between: list[str]
) -> None:
    expected = ["gate opened", "hide opened", *between]
    assert log_of(api, ending, between[-1]) == (status, expected)


def test_the_scope_decides_whether_it_closes_before_or_after_the_answer(
    api: httpx.Client,
) -> None:
    log = "/cleanup-scopes/log"
    api.get("/cleanup-scopes/until-sent")
    asked = (api.get(log).json() for _ in range(500))
    first = next(lines for lines in asked if "archive closed" in lines)
    assert first == ["archive opened", "answer streams", "archive closed"]
    api.get("/cleanup-scopes/until-returned")
    second = api.get(log).json()[3:]
    assert second == ["archive opened", "archive closed", "answer streams"]


def test_a_failing_clean_up_is_told_only_before_the_answer(
    api: httpx.Client, server: Process
) -> None:
    reply = api.post("/cleanup-scopes/told-too-late")
    assert (reply.status_code, reply.json()) == (200, "Saved.")
    assert server.until("response already started")
    reply = api.post("/cleanup-scopes/told")
    assert reply.status_code == 503
    assert reply.json() == {"detail": "The disk is full: nothing was saved."}


def test_a_swallowed_error_takes_its_reason_along(
    api: httpx.Client, server: Process
) -> None:
    assert api.get("/swallowed/swallowed").status_code == 500
    assert "Response not awaited" in server.until("FastAPIError")
    assert not server.lines("^ZeroDivisionError")
    assert api.get("/swallowed/passed-on").status_code == 500
    assert server.until("^ZeroDivisionError")


def test_without_finally_a_failing_route_keeps_what_it_borrowed(
    api: httpx.Client,
) -> None:
    statuses = {
        way: [api.get(f"/forgotten-cleanup/{way}").status_code for _ in range(4)]
        for way in ("careless", "careful")
    }
    assert statuses == {"careless": [409, 409, 503, 503], "careful": [409] * 4}


def test_without_finally_a_good_route_gives_it_back() -> None:
    import asyncio

    from chapters.ch05_dependencies import forgotten_cleanup as lesson

    async def borrow(one: AsyncIterator[str]) -> list[str]:
        return [glasses async for glasses in one]

    for way in ("careless", "careful"):
        before = list(lesson.shelves[way])
        assert asyncio.run(borrow(getattr(lesson, f"borrow_{way}")())) == ["blue"]
        assert lesson.shelves[way] == before


def test_what_tidies_up_tidies_up_after_a_good_route_too() -> None:
    import asyncio

    from chapters.ch05_dependencies.swallowed import tidy_up

    async def good() -> None:
        async with asynccontextmanager(tidy_up)():
            pass

    asyncio.run(good())


# --- threads, start, settings -----


def test_a_def_dependency_runs_in_the_pool_and_an_async_one_on_the_loop(
    api: httpx.Client,
) -> None:
    names = api.get("/thread-pool/threads").json()
    assert names["def"] == "AnyIO worker thread"
    assert names["async def"] == names["endpoint"] != names["def"]


def test_what_is_heavy_is_loaded_once_at_the_start_and_not_by_an_import(
    api: httpx.Client,
) -> None:
    loaded = heavy_start.Recogniser.loaded
    with TestClient(heavy_start.app) as client:
        for wingspan, species in ((75, "kestrel"), (180, "grey heron")):
            answer = {"species": species, "times loaded": loaded + 1}
            assert client.get(f"/guess?wingspan={wingspan}").json() == answer
    assert not hasattr(heavy_start.app.state, "recogniser")
    reply = api.get("/heavy-start/guess?wingspan=75")
    assert reply.json() == {"species": "kestrel", "times loaded": 1}


def test_an_import_loads_nothing() -> None:
    code = "from chapters.ch05_dependencies.heavy_start import Recogniser\n"
    code += "print('loaded', Recogniser.loaded)"
    command = [sys.executable, "-c", code]
    with launch(command, name="an import", ready="loaded") as process:
        assert process.lines("loaded") == ["loaded 0"]


def test_another_environment_is_another_cap() -> None:
    module = "chapters.ch05_dependencies.settings_dependency"
    settings = {"OBSERVATORY_MOST": "20"}
    with launch(module, name="twenty", env=settings) as small:
        assert small.get("/sightings?limit=1000").json() == {"limit": 20}


def test_a_stand_in_for_the_settings_needs_no_environment() -> None:
    from chapters.ch05_dependencies.settings_dependency import (
        Settings,
        app,
        get_settings,
    )

    with overrides.replaced(app, get_settings, lambda: Settings(most=3)):
        assert TestClient(app).get("/sightings").json() == {"limit": 3}


# --- guards -----


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({}, 401, id="no badge"),
        pytest.param({"X-Badge": ""}, 401, id="an empty badge"),
        pytest.param({"X-Badge": "magpie-0"}, 401, id="nobody's badge"),
        pytest.param({b"X-Badge": "héron-3".encode()}, 401, id="beyond ASCII"),
        pytest.param(VISITOR, 403, id="a visitor's badge"),
        pytest.param(WARDEN, 200, id="a warden's badge"),
    ],
)
@pytest.mark.parametrize(
    "path",
    [
        "/route-guard/nests",
        "/router-guard/wardens/nests",
        "/router-guard/wardens/roster",
    ],
)
def test_a_guard_tells_strangers_from_visitors_and_wardens(
    api: httpx.Client, path: str, headers: Any, status: int
) -> None:
    reply = api.get(path, headers=headers)
    assert reply.status_code == status
    assert ("www-authenticate" in reply.headers) == (status == 401)


def test_a_list_of_guards_runs_in_order_until_one_refuses(api: httpx.Client) -> None:
    before = api.get("/route-guard/visits").json()
    api.get("/route-guard/nests", headers=VISITOR)
    assert api.get("/route-guard/visits").json() == before
    api.get("/route-guard/nests", headers=WARDEN)
    assert api.get("/route-guard/visits").json() == before + 1


@pytest.mark.parametrize(
    "path",
    [
        "/including-guard/members/sightings",
        "/including-guard/members/species",
        "/app-guard/sightings",
        "/app-guard/species",
    ],
)
def test_whoever_includes_may_guard_and_an_app_guards_all_its_routes(
    api: httpx.Client, path: str
) -> None:
    assert api.get(path).status_code == 401
    assert api.get(path, headers=VISITOR).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [("/docs", 200), ("/redoc", 200), ("/openapi.json", 200), ("/nowhere", 404)],
)
def test_what_stays_public_behind_a_guarded_app(path: str, status: int) -> None:
    assert TestClient(app_guard.app).get(path).status_code == status


@pytest.mark.parametrize(
    ("path", "status"),
    [("species", 200), ("docs", 200), ("openapi.json", 200), ("nowhere", 404)],
)
def test_guarded_docs_are_for_members(
    api: httpx.Client, path: str, status: int
) -> None:
    url = f"/guarded-docs/{path}"
    for stranger in (None, ("ada", "wrong"), ("eve", "kestrel-7"), ("é", "é")):
        reply = api.get(url, auth=stranger)
        assert reply.status_code == 401
        assert reply.headers["www-authenticate"] == "Basic"
    assert api.get(url, auth=ADA).status_code == status


def test_a_guard_is_in_the_docs_of_its_routes_and_of_no_other(
    api: httpx.Client,
) -> None:
    paths = api.get("/router-guard/openapi.json").json()["paths"]
    assert {path: names(call) for path, call in paths.items()} == {
        "/wardens/nests": ["x-badge"],
        "/wardens/roster": ["x-badge"],
        "/species": [],
    }


# --- overrides, and other uses -----


def test_an_override_is_seen_by_every_client_until_it_is_taken_back() -> None:
    one, other = TestClient(overrides.app), TestClient(overrides.app)
    mast = overrides.ask_weather_station
    assert one.get("/advice").status_code == 503
    with overrides.replaced(overrides.app, mast, lambda: "storm"):
        assert one.get("/advice").json() == "Stay in the hide."
        with overrides.replaced(overrides.app, mast, lambda: "sun"):
            assert other.get("/advice").json() == "Take the path."
        assert other.get("/advice").json() == "Stay in the hide."
    assert other.get("/advice").status_code == 503


def test_an_override_is_taken_back_when_the_test_fails() -> None:
    mast = overrides.ask_weather_station
    with (
        pytest.raises(LookupError),
        overrides.replaced(overrides.app, mast, lambda: "storm"),
    ):
        raise LookupError
    assert overrides.app.dependency_overrides == {}


def test_a_rate_is_limited_for_each_observer(api: httpx.Client) -> None:
    ada, grace = {"X-Observer": "Ada"}, {"X-Observer": "Grace"}
    replies = [api.post("/rate-limit/sightings", headers=ada) for _ in range(3)]
    assert [reply.status_code for reply in replies] == [200, 200, 429]
    assert 0 < int(replies[-1].headers["retry-after"]) <= 60
    assert api.post("/rate-limit/sightings", headers=grace).status_code == 200


def test_a_rate_limit_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 59.0, 59.5, 60.0])
    monkeypatch.setattr(rate_limit, "monotonic", lambda: next(clock))
    client, grace = TestClient(rate_limit.app), {"X-Observer": "Grace"}
    replies = [client.post("/sightings", headers=grace) for _ in range(4)]
    assert [reply.status_code for reply in replies] == [200, 200, 429, 200]
    assert replies[2].headers["retry-after"] == "1"


@pytest.mark.parametrize(
    ("path", "status", "line"),
    [
        ("/logged/stations/HP1", 200, "GET /logged/stations/HP1: answered"),
        ("/logged/stations/XX9", 404, "GET /logged/stations/XX9: refused with 404"),
        ("/logged/broken", 500, "GET /logged/broken: failed with RuntimeError"),
    ],
)
def test_a_log_says_how_each_visit_ended(
    api: httpx.Client, server: Process, path: str, status: int, line: str
) -> None:
    assert api.get(path).status_code == status
    assert server.until(f"{line}$")


# --- pages -----


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    with closing(store.connect()) as connection:
        yield connection


def ids(reply: httpx.Response) -> list[int]:
    return [row["id"] for row in reply.json()["items"]]


def test_a_page_by_offset_says_what_it_is(api: httpx.Client) -> None:
    page = api.get("/pages/by-offset?limit=1000&offset=2").json()
    assert [row["id"] for row in page.pop("items")] == list(range(10, 0, -1))
    assert page == {"total": 12, "offset": 2, "limit": 50}
    assert ids(api.get(f"/pages/by-offset?offset={2**63 - 1}")) == []


def test_cursors_lead_to_the_end(api: httpx.Client) -> None:
    reply = api.get("/pages/by-cursor?limit=5")
    seen = [ids(reply)]
    while cursor := reply.json()["next"]:
        reply = api.get("/pages/by-cursor", params={"limit": 5, "cursor": cursor})
        seen.append(ids(reply))
    assert seen == [[12, 11, 10, 9, 8], [7, 6, 5, 4, 3], [2, 1]]
    assert api.get("/pages/by-cursor?limit=12").json()["next"] is None


def test_offsets_drift_and_cursors_do_not(api: httpx.Client) -> None:
    def walk(path: str, follow: Any) -> list[list[int]]:
        pages = [api.get(path, params={"limit": 4})]
        new = api.post("/pages/sightings", json={"species": "newt", "seen_at": 9})
        assert new.status_code == 201
        pages.append(api.get(path, params=follow(pages[-1].json())))
        url = f"/pages/sightings/{new.json()['id']}"
        assert [api.delete(url).status_code for _ in range(2)] == [204, 404]
        pages.append(api.get(path, params=follow(pages[-1].json())))
        return [ids(page) for page in pages]

    by_offset = walk(
        "/pages/by-offset", lambda p: {"limit": 4, "offset": p["offset"] + 4}
    )
    assert by_offset == [[12, 11, 10, 9], [9, 8, 7, 6], [4, 3, 2, 1]]
    by_cursor = walk("/pages/by-cursor", lambda p: {"limit": 4, "cursor": p["next"]})
    assert by_cursor == [[12, 11, 10, 9], [8, 7, 6, 5], [4, 3, 2, 1]]


@pytest.mark.parametrize("seed", range(100))
def test_a_cursor_shows_what_was_there_all_along_exactly_once(
    db: sqlite3.Connection, seed: int
) -> None:
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 40)):
        store.add(db, "newt", seen_at=chance.randint(0, 9))
    there = {row.id for row in store.skip(db, 0, 1000)}
    gone: set[int] = set()
    limit = chance.randint(1, 7)
    seen: list[store.Sighting] = []
    last = None
    while rows := store.after(db, last, limit):
        seen += rows
        last = (rows[-1].seen_at, rows[-1].id)
        for _ in range(chance.randint(0, 4)):
            store.add(db, "wren", seen_at=chance.randint(0, 12))
        victim = chance.choice(sorted(there))
        assert store.remove(db, victim) == (victim not in gone)
        gone.add(victim)
    shown = [row.id for row in seen]
    assert len(shown) == len(set(shown))
    assert there - gone <= set(shown)
    places = [(row.seen_at, row.id) for row in seen]
    assert all(before > after for before, after in pairwise(places))


@pytest.mark.parametrize("seed", range(20))
def test_random_arrivals_make_an_offset_repeat(
    db: sqlite3.Connection, seed: int
) -> None:
    """The same list under the same arrivals: the claim above is not empty."""
    chance = random.Random(seed)
    for _ in range(20):
        store.add(db, "newt", seen_at=chance.randint(0, 9))
    shown: list[int] = []
    for offset in range(0, 20, 5):
        shown += [row.id for row in store.skip(db, offset, 5)]
        store.add(db, "wren", seen_at=9)
    assert len(shown) > len(set(shown))


def test_a_sealed_place_is_unsealed() -> None:
    place = (2**40, 12)
    assert unseal(seal(place, "ours"), "ours") == place


def test_every_changed_letter_of_a_cursor_is_noticed(api: httpx.Client) -> None:
    cursor = api.get("/pages/by-cursor?limit=2").json()["next"]
    settings = "for the course only"
    assert unseal(cursor, settings) == (5, 11)
    for place, letter in enumerate(cursor):
        for other in "Aa9-_=":
            if other != letter:
                with pytest.raises(ValueError, match=r"\w"):
                    unseal(f"{cursor[:place]}{other}{cursor[place + 1 :]}", settings)


@pytest.mark.parametrize(
    "cursor",
    [
        pytest.param("", id="empty"),
        pytest.param("abc", id="no base64"),
        pytest.param("héron", id="beyond ASCII"),
        pytest.param("A" * 5000, id="long"),
        pytest.param(urlsafe_b64encode(b"[5, 11]").decode(), id="unsigned"),
        pytest.param(seal((5, 11), "another key"), id="another's signature"),
        pytest.param(seal((5, 11), "for the course only") + "\n", id="one more letter"),
        pytest.param(
            urlsafe_b64encode(sign(b"[5, 11]", "guessed") + b"[5, 11]").decode(),
            id="a guessed key",
        ),
    ],
)
def test_a_cursor_that_is_not_ours_is_400(api: httpx.Client, cursor: str) -> None:
    reply = api.get("/pages/by-cursor", params={"cursor": cursor})
    assert (reply.status_code, reply.json()) == (400, {"detail": LOST})


def test_a_cursor_goes_by_the_index_to_the_page_that_an_offset_walks_to(
    db: sqlite3.Connection,
) -> None:
    for number in range(3_000):
        store.add(db, "newt", seen_at=number // 10)
    [row] = store.skip(db, 2_499, 1)
    last = (row.seen_at, row.id)
    assert store.skip(db, 2_500, 10) == store.after(db, last, 10)
    query = (
        f"SELECT id FROM sightings WHERE (seen_at, id) < (?, ?) {store.NEWEST_FIRST}"
    )
    assert "SEARCH sightings USING COVERING INDEX newest" in plan(db, query, last)


def plan(db: sqlite3.Connection, query: str, values: tuple[int, int]) -> str:
    return str(db.execute(f"EXPLAIN QUERY PLAN {query}", values).fetchall())


# --- the docs -----


def names(call: dict[str, Any]) -> list[str]:
    return [p["name"] for p in call["get"].get("parameters", [])]


@pytest.mark.parametrize(
    ("lesson", "path", "parameters"),
    [
        ("already-injected", "/", ["user-agent"]),
        ("already-injected", "/by-hand", []),
        ("shared-function", "/sightings", ["skip", "limit"]),
        ("shared-function", "/species", ["skip", "limit"]),
        ("class-call", "/photos", ["skip", "limit"]),
        ("methods", "/species", ["page", "size"]),
        ("query-model", "/sightings", ["skip", "limit"]),
        ("pages", "/by-cursor", ["cursor", "limit"]),
    ],
)
def test_a_parameter_of_a_dependency_is_in_the_docs_of_the_route(
    api: httpx.Client, lesson: str, path: str, parameters: list[str]
) -> None:
    paths = api.get(f"/{lesson}/openapi.json").json()["paths"]
    assert names(paths[path]) == parameters


def lessons() -> list[str]:
    apart = {"__init__", "__main__", "app", "exercises", "level_tree", "resolution"}
    found = {path.stem for path in Path(room.__file__).parent.glob("*.py")} - apart
    return sorted({name.replace("_", "-") for name in found} | {"pages"})


def test_every_lesson_is_listed_with_its_operations(api: httpx.Client) -> None:
    listed = api.get("/lessons").json()
    assert sorted(listed) == [f"/{name}" for name in lessons()]
    assert listed["/shared-function"] == ["GET /sightings", "GET /species"]


def public() -> list[str]:
    return [f"/{name}/docs" for name in lessons() if name != "guarded-docs"]


@pytest.mark.parametrize("page", ["/docs", *public()])
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
        if address.endswith(".json"):
            assert api.get(address).json()["paths"]


def test_the_docs_of_no_lesson_are_404(api: httpx.Client) -> None:
    reply = api.get("/shared-funktion/docs")
    assert (reply.status_code, reply.json()) == (
        404,
        {"detail": "No lesson shared-funktion."},
    )


@pytest.mark.skipif(
    not CHROMIUM.exists() and "CI" not in os.environ,
    reason="no Chromium here: set CHROMIUM to its path",
)
def test_a_browser_without_a_network_shows_parameters_of_a_dependency(
    server: Process,
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
        tab.goto(f"{server.url}/validated-cap/docs")
        tab.locator('.opblock-summary-path[data-path="/species"]').click(timeout=20_000)
        for name in ("skip", "limit"):
            row = tab.locator(f'tr[data-param-name="{name}"][data-param-in="query"]')
            expect(row).to_be_visible(timeout=20_000)
        browser.close()
    assert strangers == []


def test_lessons_keep_what_their_openapi_documents_promise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = dict(found_or_404.sightings)
    monkeypatch.setattr(found_or_404, "sightings", kept)
    assert breaches(found_or_404.app) == []
    assert breaches(aliases.app) == []
    assert breaches(pages.app) == []


# --- the exercises -----


def handed_in(stem: str) -> dict[str, Any]:
    path = SOLUTIONS / f"{stem}.py"
    answer: dict[str, Any] = {}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), answer)
    return answer


ANSWERS = {
    "page": ("app", "read_page"),
    "found": ("found",),
    "limits": ("AtMost",),
    "counting": ("app",),
    "guard": ("app",),
    "logbook": ("keep_log", "LOG"),
}


@pytest.fixture
def progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.delenv("COURSE_STRICT", raising=False)


@pytest.mark.usefixtures("progress")
@pytest.mark.parametrize(("stem", "wanted"), ANSWERS.items())
def test_a_solution_passes_twice(stem: str, wanted: tuple[str, ...]) -> None:
    answer = handed_in(stem)
    for _ in range(2):
        result = check(f"ch05.{stem}", *(answer[name] for name in wanted))
        assert result.passed, result.message


@pytest.mark.usefixtures("progress")
@pytest.mark.parametrize(
    ("stem", "answer", "said"),
    [
        ("counting", [[1, 2]], "I expected an app"),
        ("page", [None, None], "not yet"),
        ("limits", [lambda most: None], "I called `AtMost(50)` and got `None`"),
        ("found", [lambda shelf, name: 1 / 0], "ZeroDivisionError"),
        ("found", [lambda: None], "TypeError"),
        ("logbook", [lambda: None, ["old"]], "found ['seen'] in your LOG"),
        ("logbook", ["open", []], "I called `keep_log` and got `open`"),
    ],
)
def test_whatever_is_handed_in_is_answered_in_words(
    stem: str, answer: list[Any], said: str
) -> None:
    result = check(f"ch05.{stem}", *answer)
    assert not result.passed
    assert said in result.message
    assert "Traceback" not in result.message


@pytest.mark.usefixtures("progress")
def test_an_answer_of_the_wrong_shape_and_a_stub_are_told_apart() -> None:
    from fastapi import FastAPI

    app = FastAPI()

    @app.get("/shared")
    async def share() -> str:
        return "one"

    assert "a list of two numbers" in check("ch05.counting", app).message
    stub = FastAPI()

    @stub.get("/shared")
    async def share_nothing() -> None:
        raise NotImplementedError

    assert "not yet" in check("ch05.counting", stub).message


@pytest.mark.usefixtures("progress")
def test_a_dependency_that_is_async_may_be_replaced_as_well() -> None:
    answer = handed_in("page")
    source = (SOLUTIONS / "page.py").read_text(encoding="utf-8")
    exec(source.replace("def read_page", "async def read_page"), answer)
    assert check("ch05.page", answer["app"], answer["read_page"]).passed


@pytest.mark.usefixtures("progress")
def test_a_dependency_may_read_a_query_model_and_be_replaced() -> None:
    answer = handed_in("page")
    source = (SOLUTIONS / "page.py").read_text(encoding="utf-8")
    begin, _, _ = source.partition("def read_page(")
    _, _, end = source.partition(") -> Page:\n")
    ours = """from pydantic import BaseModel

class Asked(BaseModel):
    skip: Annotated[int, Query(ge=0)] = 0
    limit: Annotated[int, Query(ge=1)] = 10

def read_page(asked: Annotated[Asked, Query()]) -> Page:
    skip, limit = asked.skip, asked.limit
"""
    exec(begin + ours + end, answer)
    result = check("ch05.page", answer["app"], answer["read_page"])
    assert result.passed, result.message


@pytest.mark.usefixtures("progress")
def test_a_badge_may_be_declared_as_a_security_scheme() -> None:
    source = (SOLUTIONS / "guard.py").read_text(encoding="utf-8")
    begin = "from fastapi.security import APIKeyHeader\n"
    begin += "badge = APIKeyHeader(name='X-Badge', auto_error=False)\n"
    was = "Annotated[str | None, Header()] = None"
    assert was in source
    answer: dict[str, Any] = {}
    new = "Annotated[str | None, Depends(badge)]"
    exec(begin + source.replace(was, new), answer)
    result = check("ch05.guard", answer["app"])
    assert result.passed, result.message


@pytest.mark.usefixtures("progress")
def test_a_guard_that_the_docs_do_not_show_is_found() -> None:
    source = (SOLUTIONS / "guard.py").read_text(encoding="utf-8")
    hidden = source.replace("Header()", "Header(include_in_schema=False)")
    answer: dict[str, Any] = {}
    exec(hidden, answer)
    assert (
        "`x-badge` on the wardens' routes" in check("ch05.guard", answer["app"]).message
    )


@pytest.mark.usefixtures("progress")
def test_a_lost_error_is_named() -> None:
    log: list[str] = []

    async def keep_log() -> Any:
        log.append("open")
        try:
            yield
        except exercises.Fog:
            log.append("failed")
            raise LookupError from None
        except Exception:
            log.append("failed")
            raise
        finally:
            log.append("close")

    message = check("ch05.logbook", keep_log, log).message
    assert "the server heard of `LookupError`" in message


# --- the chapter as a program -----


def test_the_chapter_runs_as_a_program() -> None:
    """Where port 8005 is taken already, it is asked for and the log says so."""
    said = r"8005"
    command = ["python", "-m", "chapters.ch05_dependencies"]
    with launch(command, name="chapter 5 as a program", ready=said) as process:
        assert process.lines(said)
