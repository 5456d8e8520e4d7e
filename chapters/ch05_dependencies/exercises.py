"""The exercises of chapter 5. Each check asks the learner's app as a client would."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from inspect import isawaitable
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException

from chapters.toolkit.checks import Client, exercise, short


@exercise(
    "ch05.page",
    title="One page, two routes",
    hints=(
        "Which part of a parameter's declaration can hold a bound, and where could "
        "both routes meet?",
        "`Query(ge=...)` inside `Annotated` for the bounds, `min` for the cap, and "
        "`Depends(read_page)` inside `Annotated` for the routes.",
        "`Paged = Annotated[Page, Depends(read_page)]`, then `page: Paged` in both "
        "routes and `SIGHTINGS[page.skip : page.skip + page.limit]`.",
    ),
    why="the rule stands in one function, so the next list of your API pages in the "
    "same way without a line of its own.",
)
def page(app: FastAPI, read_page: Callable[..., Any]) -> None:
    with Client(app) as client:
        for path in ("/sightings", "/species"):
            begun(client.get(path))
            for query, numbers, because in (
                ("", range(1, 11), "without a query it is the first ten."),
                ("?skip=20&limit=5", range(21, 26), "twenty are skipped, five asked."),
                (
                    "?limit=1000",
                    range(1, 51),
                    "at most 50 are given, whatever is asked.",
                ),
                ("?skip=115", range(116, 121), "a list of 120 ends there."),
            ):
                listed(client, f"{path}{query}", numbers, because)
            for query in ("skip=-1", "limit=0", "limit=-1"):
                because = "nonsense is refused, for a client must hear about it."
                client.ask("GET", f"{path}?{query}", 422, because=because)
    both_depend_on(app, read_page)


def listed(client: Client, path: str, numbers: range, because: str) -> None:
    letter = "S" if path.startswith("/sightings") else "K"
    expected = [f"{letter}{number}" for number in numbers]
    client.expect(client.get(path), 200, because=because, json=expected)


def both_depend_on(app: FastAPI, read_page: Callable[..., Any]) -> None:
    """Put a page of two in its place: both routes must follow."""

    # With the parameters of theirs, whatever they are called, and their kind of page.
    @wraps(read_page)
    async def read_two(**query: Any) -> Any:
        page = read_page(**query)
        return type(await page if isawaitable(page) else page)(skip=2, limit=2)

    with replaced(app, read_page, read_two), Client(app) as client:
        for path in ("/sightings", "/species"):
            because = (
                "I put a stand-in for `read_page` into `app.dependency_overrides` that "
                "skips 2 and gives 2; a route that depends on `read_page` follows"
            )
            listed(client, path, range(3, 5), because)


@contextmanager
def replaced(
    app: FastAPI, original: Callable[..., Any], stand_in: Callable[..., Any]
) -> Iterator[None]:
    before = dict(app.dependency_overrides)
    app.dependency_overrides[original] = stand_in
    try:
        yield
    finally:
        app.dependency_overrides = before


@exercise(
    "ch05.found",
    title="Found, or 404, for any shelf",
    hints=(
        "A dependency may be made by a function: what must that function return?",
        "A function inside the function, with a parameter `key: str` (the path's), "
        "which knows `shelf` and `name` from outside; `HTTPException` says no.",
        "`def find(key: str) -> Any:` with `if key not in shelf: raise "
        'HTTPException(404, f"No {name} {key}.")`, and `return find` below it.',
    ),
    why="one factory serves every resource, and no route of yours can forget the 404.",
)
def found(found: Callable[..., Any]) -> None:
    stations = {"HP1": "Heron Pond", "PR2": "Pine Ridge"}
    counts = {"kestrel": 2, "otter": 0}
    app = FastAPI()
    for path, shelf, name in (
        ("/stations/{key}", stations, "station"),
        ("/species/{key}", counts, "species"),
    ):
        find = dependency(found(shelf, name), f'found(shelf, "{name}")')
        app.get(path)(reader(find))
    with Client(app) as client:
        for key, value in stations.items():
            there(client, f"/stations/{key}", value, "the shelf holds this station.")
        there(client, "/species/kestrel", 2, "this shelf holds counts by species.")
        zero = "the otter is on the shelf; its value is 0, and 0 is not absent."
        there(client, "/species/otter", 0, zero)
        missing(client, "/stations/XX9", "No station XX9.")
        missing(client, "/species/newt", "No species newt.")


def dependency(made: Any, call: str) -> Callable[..., Any]:
    assert callable(made), (
        f"I called `{call}` and got `{short(made)}`. Expected a function, because "
        "FastAPI calls it once for each request."
    )
    return made  # type: ignore[no-any-return]


def reader(dependency: Callable[..., Any]) -> Callable[..., Any]:
    async def read(value: Annotated[Any, Depends(dependency)]) -> Any:
        return {"value": value}

    return read


def there(client: Client, path: str, value: object, because: str) -> None:
    reply = begun(client.get(path))
    client.expect(reply, 200, because=because, json={"value": value})


def missing(client: Client, path: str, detail: str) -> None:
    because = (
        "nothing of this key is on the shelf, and the message names what and which"
    )
    client.expect(client.get(path), 404, because=because, json={"detail": detail})


@exercise(
    "ch05.limits",
    title="A limit of its own for each route",
    hints=(
        "`Depends` wants something that can be called. When can an object be called?",
        "Keep `most` on `self` in `__init__`; write the parameter with its bound into "
        "`__call__`.",
        "`def __call__(self, limit: Annotated[int, Query(ge=1)] = 10) -> int:` with "
        "`return min(self.most, limit)`.",
    ),
    why="an instance carries its settings, so one class serves routes that differ.",
)
def limits(at_most: Callable[..., Any]) -> None:
    app = FastAPI()
    for path, most in {"/sightings": 50, "/photos": 5}.items():
        app.get(path)(reader(dependency(at_most(most), f"AtMost({most})")))
    with Client(app) as client:
        there(
            client,
            "/sightings",
            10,
            "ten is the default, and this route has `AtMost(50)`.",
        )
        there(client, "/sightings?limit=1000", 50, "this route has `AtMost(50)`.")
        there(client, "/sightings?limit=50", 50, "the bound itself is allowed.")
        there(client, "/photos?limit=1000", 5, "this route has `AtMost(5)`.")
        there(client, "/photos", 5, "the default of ten is above this route's limit.")
        there(client, "/sightings?limit=7", 7, "seven is below the limit.")
        for path in ("/sightings?limit=0", "/photos?limit=-3"):
            because = "a page of nothing is a mistake of the client."
            client.ask("GET", path, 422, because=because)


@exercise(
    "ch05.counting",
    title="Once, or once each",
    hints=(
        "How often does FastAPI run a dependency that a request asks for twice?",
        "`Depends` has an argument that switches the sharing off.",
        "`first: Annotated[int, Depends(draw)]` twice for `/shared`; for `/fresh` the "
        "second is `Annotated[int, Depends(draw, use_cache=False)]`.",
    ),
    why="sharing lasts for one request and no longer: a user is looked up once, "
    "and the next request gets its own.",
)
def counting(app: FastAPI) -> None:
    with Client(app) as client:
        begun(client.get("/shared"))
        last = 0
        for _ in range(2):
            first, second = pair(client, "/shared")
            expected(client, "/shared", (first, second), first == second, SHARED)
            expected(client, "/shared", (first, second), first > last, AGAIN)
            last = second
        first, second = pair(client, "/fresh")
        expected(client, "/fresh", (first, second), second == first + 1, FRESH)
        expected(client, "/fresh", (first, second), first == last + 1, ONE)


SHARED = "twice the same number, for one request shares what it has drawn"
AGAIN = "a higher number than before, for the next request draws again"
FRESH = "two numbers in a row, for each argument draws its own"
ONE = "the number after the last one: nothing is drawn that nobody gets"


def pair(client: Client, path: str) -> tuple[int, int]:
    reply = begun(client.get(path))
    client.expect(reply, 200, because="two numbers are asked for.")
    match reply.json():
        case [int(first), int(second)]:
            return first, second
        case other:
            raise AssertionError(
                f"I asked `GET {path}` and your app answered `{short(other)}`. "
                "Expected a list of two numbers, such as `[1, 1]`, because two were "
                "asked for."
            )


def expected(
    client: Client, path: str, got: tuple[int, int], fine: bool, what: str
) -> None:
    assert fine, (
        f"I asked `GET {path}` and your app answered `{list(got)}`. Expected {what}."
    )


@exercise(
    "ch05.guard",
    title="A guarded router and its public neighbour",
    hints=(
        "Where does a guard stand that is for all routes of one router, and for no "
        "other?",
        "`APIRouter(prefix=..., dependencies=[Depends(...)])`; the header is "
        "`Annotated[str | None, Header()] = None`; `compare_digest` takes bytes.",
        'In `require_warden`: `shown = (x_badge or "").encode()`; if it equals neither '
        "badge by `compare_digest`, `raise HTTPException(401, ...)`; if it is not the "
        "warden's, 403.",
    ),
    why="a route that joins this router tomorrow is guarded without anyone thinking "
    "of it.",
)
def guard(app: FastAPI) -> None:
    closed = {
        "/wardens/nests": ["third oak, east"],
        "/wardens/roster": ["Ada", "Grace"],
    }
    with Client(app) as client:
        reply = begun(client.get("/species"))
        public = "`/species` is public: no badge is needed."
        client.expect(reply, 200, because=public, json=["kestrel", "otter"])
        for path, body in closed.items():
            reply = begun(client.get(path, headers=badge("kestrel-7")))
            client.expect(reply, 200, because="this badge is a warden's.", json=body)
            refuses(client, path)
    docs_know_the_badge(app, closed)


def refuses(client: Client, path: str) -> None:
    for headers, status, because in (
        ({}, 401, "without a badge nobody knows who asks."),
        (badge("magpie-0"), 401, "nobody has this badge."),
        (badge("héron"), 401, "a badge may hold any letter, and nobody has it."),
        (badge("heron-3"), 403, "this is a visitor's badge: known, not allowed."),
    ):
        client.ask("GET", path, status, because=because, headers=headers)


def badge(text: str) -> dict[bytes, bytes]:
    return {b"X-Badge": text.encode()}


def docs_know_the_badge(app: FastAPI, closed: dict[str, list[str]]) -> None:
    document = app.openapi()
    schemes = document.get("components", {}).get("securitySchemes", {})
    for path, methods in document["paths"].items():
        call = methods.get("get", {})
        # A header may be declared as a parameter, or as `APIKeyHeader`.
        locks = [schemes[lock] for one in call.get("security", []) for lock in one]
        declared = [*call.get("parameters", []), *locks]
        names = [one.get("name", "").lower() for one in declared]
        assert ("x-badge" in names) == (path in closed), (
            f"I read your `/openapi.json`: `GET {path}` has the parameters {names}. "
            "Expected `x-badge` on the wardens' routes and on no other, because a "
            "reader of the docs should see which doors are locked."
        )


@exercise(
    "ch05.logbook",
    title="A logbook that is always closed",
    hints=(
        "What runs after a `yield` whose route has failed? And what then becomes of "
        "the error?",
        "`try` around the `yield`, `except` to write and pass on, `finally` to close.",
        '`except Exception:` with `LOG.append("failed")` and `raise` below it; then '
        '`finally:` with `LOG.append("close")`.',
    ),
    why="`finally` runs whatever happens, and `raise` hands the error on to those "
    "who answer it.",
)
def logbook(keep_log: Callable[..., Any], log: list[str]) -> None:
    app = rough_day(keep_log, log)
    with Client(app) as client:
        log.clear()
        reply = begun(client.get("/fine"))
        client.expect(reply, 200, because="nothing went wrong.", json="seen")
        wrote(log, "/fine", ["open", "seen", "close"])
        log.clear()
        reply = client.get("/refused")
        because = (
            "the route raised an `HTTPException` with 409, and your dependency "
            "should hand it on"
        )
        client.expect(reply, 409, because=because)
        wrote(log, "/refused", ["open", "failed", "close"])
        log.clear()
        crash = client.get("/crash").extensions["crash"]
        wrote(log, "/crash", ["open", "failed", "close"])
    assert isinstance(crash, Fog), (
        "I asked `GET /crash`, whose route raises `Fog`, and the server heard of "
        f"`{type(crash).__name__}`. Expected `Fog`, because without the true error "
        "nobody can mend anything."
    )


class Fog(Exception):
    """What goes wrong on a rough day."""


def rough_day(keep_log: Callable[..., Any], log: list[str]) -> FastAPI:
    app = FastAPI(dependencies=[Depends(dependency(keep_log, "keep_log"))])

    @app.get("/fine")
    async def fine() -> str:
        log.append("seen")
        return "seen"

    @app.get("/refused")
    async def refused() -> None:
        raise HTTPException(409, "The hide is full.")

    @app.get("/crash")
    async def crash() -> None:
        raise Fog

    return app


def wrote(log: list[str], path: str, expected: list[str]) -> None:
    assert log == expected, (
        f"I asked `GET {path}` and found {log} in your LOG. Expected {expected}, "
        "because the logbook is opened first and closed last, however the route ends."
    )


def begun(reply: Any) -> Any:
    """The reply; a stub is no mistake yet, so its error passes."""
    crash = reply.extensions["crash"]
    if isinstance(crash, NotImplementedError):
        raise crash
    return reply
