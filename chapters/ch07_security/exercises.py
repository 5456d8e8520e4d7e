"""The exercises of chapter 7. Each check attacks what the learner made."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from math import log2
from string import digits, hexdigits
from typing import Any, NamedTuple, NoReturn
from uuid import UUID

from anyio import move_on_after
from fastapi import FastAPI, Request, WebSocket
from pydantic import SecretStr

from chapters.ch07_security.jwt_forgeries import forge
from chapters.ch07_security.jwt_settings import JwtSettings
from chapters.ch07_security.jwt_signed import issue as issue_jwt
from chapters.toolkit.checks import Client, exercise, short


def begun(reply: Any) -> Any:
    """The reply; a stub is no mistake yet, so its error passes."""
    crash = reply.extensions["crash"]
    if isinstance(crash, NotImplementedError):
        raise crash
    return reply


# --- same ---------------------------------------------------------------------


@exercise(
    "ch07.same",
    title="The same secret, and nothing to learn from the clock",
    hints=(
        "How long does `==` look at two texts that differ in the first character?",
        "`secrets.compare_digest` looks at all of them, but of text it takes ASCII "
        "alone; of bytes it takes any.",
        '`compare_digest(shown.encode("utf-8"), known.encode("utf-8"))`.',
    ),
    why="whoever guesses a secret learns only that it was wrong, not where.",
)
def same(same_secret: Callable[[str, str], bool]) -> None:
    for shown, known, expected in (
        ("heron-pond-4471", "heron-pond-4471", True),
        ("heron-pond-4472", "heron-pond-4471", False),
        ("heron-pond", "heron-pond-4471", False),
        ("", "heron-pond-4471", False),
        ("héron-pond-4471", "heron-pond-4471", False),
        ("héron", "héron", True),
    ):
        got = same_secret(shown, known)
        assert got is expected, (
            f"I called `same_secret({shown!r}, {known!r})` and got `{short(got)}`. "
            f"Expected `{expected}`, because they are "
            f"{'the same' if expected else 'different'}."
        )
    early, late = looks(same_secret, "Xeron-pond-4471"), looks(same_secret, LATE)
    assert early == late, (
        f"I watched your function compare: it read {early} characters of a secret "
        f"that is wrong at its first, and {late} of one that is wrong at its last. "
        "Expected as many, because whoever measures the time learns the secret one "
        "character after the other."
    )


LATE = "heron-pond-447X"


def looks(same_secret: Callable[[str, str], bool], shown: str) -> int:
    """How many characters are read; `==` is told at once."""
    counted = [0]
    same_secret(Watched(shown, counted), Watched("heron-pond-4471", counted))
    return counted[0]


class Compared(AssertionError):
    def __init__(self) -> None:
        super().__init__(
            "I watched your function compare: it uses `==` (or `!=`, or `in`) on the "
            "secret. Expected a comparison that takes as long wherever the first "
            "difference is, because `==` stops there, and a clock can tell."
        )


def tell(*_: object) -> NoReturn:
    raise Compared


class WatchedBytes(bytes):
    """A secret's bytes that notice how they are compared."""

    __eq__ = __ne__ = tell
    __hash__ = bytes.__hash__


class Watched(str):
    """A secret that counts how many of its characters are looked at."""

    counted: list[int]

    def __new__(cls, text: str, counted: list[int]) -> "Watched":
        made = super().__new__(cls, text)
        made.counted = counted
        return made

    __eq__ = __ne__ = tell
    __hash__ = str.__hash__

    def __iter__(self) -> Iterator[str]:
        for character in str(self.encode(), "utf-8"):
            self.counted[0] += 1
            yield character

    def __getitem__(self, place: Any) -> str:
        self.counted[0] += 1
        return super().__getitem__(place)

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        return WatchedBytes(super().encode(encoding, errors))


# --- tokens -------------------------------------------------------------------

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@exercise(
    "ch07.tokens",
    title="Tokens that a stolen table does not give away",
    hints=(
        "What must the table hold so that you can recognise a token that you cannot "
        "read there?",
        "`secrets.token_urlsafe` draws it, `hashlib.sha256` makes the key of its row; "
        "the row holds the observer and the end.",
        "`rows[sha256(token.encode()).hexdigest()] = {...}`; to read, look the same "
        "digest up and compare `now` with the end; to revoke, `rows.pop(..., None)`.",
    ),
    why="a copy of the table opens nothing, and whoever signs out is out.",
)
def tokens(
    issue: Callable[..., str],
    read: Callable[..., str | None],
    revoke: Callable[..., None],
) -> None:
    rows: dict[str, Any] = {}
    token, other = drawn(issue, rows), issue(rows, "grace", NOON)
    kept = list(texts(rows))
    assert not any(token in text for text in kept), (
        "I called `issue(rows, ...)` and found the token itself in `rows`. Expected "
        "something from which it can be recognised and not be had, because who "
        "steals the table must not get in."
    )
    for shown, hours, expected, told in (*shown_tokens(token), *thefts(kept)):
        reads(read(rows, shown, NOON + timedelta(hours=hours)), expected, told)
    revoke(rows, token)
    told = "with a token after `revoke(rows, token)`"
    reads(read(rows, token, NOON), None, told)
    told = "with Grace's token after Ada's was revoked"
    reads(read(rows, other, NOON), "grace", told)
    revoke(rows, "nobody's")


Reading = tuple[str, float, str | None, str]


def shown_tokens(token: str) -> Iterator[Reading]:
    yield token, 1, "ada", "with Ada's token, an hour after noon"
    yield token, 11.9, "ada", "with a token that is nearly twelve hours old"
    yield token, 12.1, None, "with a token that is more than twelve hours old"
    for shown in ("", "kestrel", "héron", token[:-1], token.swapcase()):
        yield shown, 1, None, f"with `{short(shown, 12)}`, which nobody was given"


def thefts(kept: list[str]) -> Iterator[Reading]:
    for text in kept:
        yield text, 1, None, "with what stands in the stolen table"


def reads(got: object, expected: str | None, told: str) -> None:
    assert got == expected, (
        f"I called `read` {told}, and got `{short(got)}`. Expected `{expected!r}`."
    )


def drawn(issue: Callable[..., str], rows: dict[str, Any]) -> str:
    before = random.getstate()
    random.seed(4471)
    token = issue(rows, "ada", NOON)
    random.seed(4471)
    second = issue(rows, "ada", NOON)
    random.setstate(before)
    assert isinstance(token, str), (
        f"I called `issue` and got `{short(token)}`. Expected the token, a text."
    )
    assert token != second, (
        "I called `issue` twice, with the dice of `random` in the same state, and "
        f"got `{short(token, 12)}` twice. Expected a token that nobody can foretell: "
        "`random` is for games, not for secrets."
    )
    is_long_enough(token)
    assert not all(is_uuid4(issue({}, "ada", NOON)) for _ in "1234"), (
        "I called `issue` and got a UUID. Expected 128 random bits or more, because "
        "six of a UUID's 128 are always the same."
    )
    return token


def is_long_enough(token: str) -> None:
    size, kind = 64, "characters"
    for letters, name in (hexdigits, "hexadecimal digits"), (digits, "digits"):
        if {*token} <= {*letters}:
            size, kind = len({*letters.lower()}), name
    bits = int(len(token) * log2(size))
    assert bits >= 128, (
        f"I called `issue` and got a token of {len(token)} {kind}: {bits} random bits "
        "at most. Expected 128 or more, because fewer can be tried out."
    )


def is_uuid4(token: str) -> bool:
    try:
        return UUID(token).version == 4
    except ValueError:
        return False


def texts(thing: object) -> Iterator[str]:
    """Every text in the table, however it is laid out."""
    if isinstance(thing, dict):
        for key, value in thing.items():
            yield from (*texts(key), *texts(value))
    elif isinstance(thing, list | tuple):
        for one in thing:
            yield from texts(one)
    else:
        yield str(thing)


# --- cors ---------------------------------------------------------------------

DESKS = "https://desk.reserve.example", "https://field.reserve.example"
STRANGERS = (
    "https://evil.example",
    "https://desk.reserve.example.evil.example",
    "https://evil-desk.reserve.example",
    "https://deskXreserve.example",
    "http://desk.reserve.example",
    "null",
)


@exercise(
    "ch07.cors",
    title="Two front ends, and nobody else",
    hints=(
        "Who may read the answers, with which methods, with which headers, and "
        "with cookies or without?",
        "`CORSMiddleware` has one argument for each of these four questions; of "
        "methods, only GET is allowed by itself.",
        '`allow_origins=[...]` with both origins written out, `allow_methods=["GET", '
        '"POST", "DELETE"]`, `allow_headers=["X-Station"]`, `allow_credentials=True`.',
    ),
    why="a list of origins is read at a glance, and what is not on it stays outside.",
)
def cors(app: FastAPI) -> None:
    with Client(app) as client:
        begun(client.get("/species"))
        for origin in DESKS:
            for method in ("GET", "POST", "DELETE"):
                opened(client, origin, method)
        for origin in STRANGERS:
            closed(client, origin)
        for method in ("PUT", "PATCH"):
            because = f"nobody asked for {method}."
            preflight(client, DESKS[0], method, 400, because)
        for header in ("x-other", "authorization"):
            because = "nobody asked for this header."
            preflight(client, DESKS[0], "POST", 400, because, header=header)


def preflight(
    client: Client,
    origin: str,
    method: str,
    status: int,
    because: str,
    header: str = "x-station",
) -> Any:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": header,
    }
    return client.ask("OPTIONS", "/notes", status, because=because, headers=asked)


def opened(client: Client, origin: str, method: str) -> None:
    because = "the browser asks before it sends, and this page is one of ours"
    reply = preflight(client, origin, method, 200, because)
    names(reply, origin, origin)
    reply = begun(client.get("/species", headers={"Origin": origin}))
    client.expect(reply, 200, because="anybody may ask for the species.")
    names(reply, origin, origin)
    allowed = reply.headers.get("access-control-allow-credentials")
    assert allowed == "true", (
        f"I asked `GET /species` as a page of `{origin}`: the answer does not allow "
        "credentials. Expected `access-control-allow-credentials: true`, because "
        "our pages send their cookies along."
    )


def closed(client: Client, origin: str) -> None:
    because = f"`{origin}` is not on the list."
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    reply = client.request("OPTIONS", "/notes", headers=asked)
    names(reply, origin, None)
    client.expect(reply, 400, because=because)
    names(client.get("/species", headers={"Origin": origin}), origin, None)


def names(reply: Any, origin: str, expected: str | None) -> None:
    got = reply.headers.get("access-control-allow-origin")
    asked = reply.request
    what = f"`{expected}`" if expected else "none: this site may read nothing"
    assert got == expected, (
        f"I asked `{asked.method} {asked.url.path}` as a page of `{origin}` would, "
        f"and your app allowed the origin `{got}`. Expected {what}."
    )


# --- owner --------------------------------------------------------------------

ADA, GRACE = {"X-Badge": "kestrel-7"}, {"X-Badge": "heron-3"}
NEWT = {"species": "newt"}


class Ask(NamedTuple):
    method: str
    own: int
    body: dict[str, Any] | None = None


ASKS = (Ask("GET", 200), Ask("PUT", 200, NEWT), Ask("DELETE", 204))


@exercise(
    "ch07.owner",
    title="Yours, or not there",
    hints=(
        "Three routes need the same thing first. What, and where could it stand once?",
        "A dependency that takes the number and `me`, finds the sighting, and answers "
        "404 unless it is there and mine.",
        "`sighting = SIGHTINGS.get(number)`, then `if sighting is None or sighting["
        '"owner"] != me: raise HTTPException(404, ...)`; in `PUT`, take a model with '
        '`extra="forbid"`.',
    ),
    why="the rule stands once, and a stranger cannot even tell which numbers exist.",
)
def owner(app: FastAPI) -> None:
    with Client(app) as client:
        for ask in ASKS:
            mine, yours = added(client, ADA), added(client, GRACE)
            closed_to_strangers(client, ask, mine, yours)
            url = f"/sightings/{mine}"
            reply = begun(client.request(ask.method, url, headers=ADA, json=ask.body))
            client.expect(reply, ask.own, because="this sighting is Ada's own.")
            if ask.body:
                is_a_newt(reply, "answered")
                is_a_newt(client.get(url, headers=ADA), "answers the next `GET` with")
        gone = client.get(f"/sightings/{mine}", headers=ADA)
        client.expect(gone, 404, because="it was deleted.")
        cannot_be_given_away(client)


def added(client: Client, badge: dict[str, str]) -> int:
    reply = client.post("/sightings", headers=badge, json={"species": "kestrel"})
    client.expect(begun(reply), 201, because="this route is given.")
    return int(reply.json()["number"])


def is_a_newt(reply: Any, said: str) -> None:
    got = reply.json()
    assert isinstance(got, dict) and got.get("species") == "newt", (
        f"Ada's `PUT` sent `{short(NEWT)}` for her own sighting, and your app {said} "
        f"`{short(got)}`. Expected the sighting, now of a newt."
    )


def closed_to_strangers(client: Client, ask: Ask, mine: int, yours: int) -> None:
    for number, badge, status, because in (
        (mine, {}, 401, "nobody has shown a badge."),
        (yours, ADA, 404, "it is Grace's, and Ada must not learn that it exists."),
        (10**6, ADA, 404, "there is none of this number."),
    ):
        url = f"/sightings/{number}"
        reply = begun(client.request(ask.method, url, headers=badge, json=ask.body))
        client.expect(reply, status, because=because)
    reply = client.get(f"/sightings/{yours}", headers=GRACE)
    because = f"Ada's `{ask.method}` must have changed nothing of Grace's"
    client.expect(reply, 200, because=because)
    assert reply.json().get("species") == "kestrel", (
        f"After Ada's `{ask.method}` Grace read `{short(reply.json())}`. "
        "Expected her kestrel, because nobody else may change it."
    )


def cannot_be_given_away(client: Client) -> None:
    mine = added(client, ADA)
    url, sent = f"/sightings/{mine}", NEWT | {"owner": "grace"}
    client.put(url, headers=ADA, json=sent)
    because = (
        "she sent `owner` in her last `PUT`, and whose a sighting is, is not the "
        "sender's to say"
    )
    client.expect(client.get(url, headers=ADA), 200, because=because)


# --- jwt ----------------------------------------------------------------------


@exercise(
    "ch07.jwt",
    title="A token that must be true in every part",
    hints=(
        "Which of the things that a token says do you take from it, and which do you "
        "know yourself?",
        "`jwt.decode` takes `algorithms`, `audience`, `issuer`, and in `options` a "
        "list of claims that it must `require`; all its errors are "
        "`jwt.InvalidTokenError`.",
        '`jwt.decode(token, KEY, algorithms=["HS256"], audience=AUDIENCE, '
        'issuer=ISSUER, options={"require": ["exp", "sub", "aud", "iss"]})["sub"]`, '
        "inside `try`.",
    ),
    why="the key, the algorithm and the audience are yours; the token only claims.",
)
def jwt_reader(read_badge: Callable[[str], str | None], key: str) -> None:
    settings = JwtSettings(key=SecretStr(key))
    good = issue_jwt("ada", settings)
    got = read_badge(good)
    assert got == "ada", (
        "I called `read_badge` with a good token of Ada's and got "
        f"`{short(got)}`. Expected `'ada'`, what its `sub` says."
    )
    for name, token in forge(settings).items():
        got = read_badge(token)
        assert got is None, (
            f"I called `read_badge` with a forged token ({name}), and it believed "
            f"that this is `{short(got)}`. Expected `None`, because nothing in this "
            "token is worth more than what its sender wrote."
        )


# --- csrf ---------------------------------------------------------------------


@exercise(
    "ch07.csrf",
    title="A double submit that lets sockets through",
    hints=(
        "Which requests need the check at all? Everything else passes as it came.",
        '`scope["type"]` tells a socket; `starlette.requests.Request(scope)` reads '
        "cookies and headers; a `JSONResponse` is itself an ASGI app.",
        'In `__call__`: if the type is `"http"`, the method not safe, `"session"` '
        "among the cookies, and the header empty or unlike the cookie: `await "
        'JSONResponse({"detail": ...}, 403)(scope, receive, send)`; otherwise '
        "`await self.app(scope, receive, send)`.",
    ),
    why="only a page that can read the cookie can repeat it, and only requests that "
    "carry a session need to.",
)
def csrf(middleware: Callable[[Any], Any]) -> None:
    ran: list[str] = []
    starts(middleware(meadow(ran)))
    with Client(middleware(meadow(ran))) as client:
        for method, cookies, header, status, because in CASES:
            ran.clear()
            said = {"Cookie": cookies} if cookies else {}
            said |= {"X-CSRF-Token": header} if header is not None else {}
            raw = {name.encode(): text.encode() for name, text in said.items()}
            sent: dict[str, Any] = {"headers": raw, "content": b"two otters"}
            reply = begun(client.request(method, "/notes", **sent))
            client.expect(reply, status, because=because)
            assert bool(ran) == (status == 200), (
                f"I sent a `{method}` that should be `{status}`, and the route "
                f"{'ran' if ran else 'did not run'}. A refusal comes before the "
                "route, because afterwards it is too late."
            )
            assert status != 200 or reply.json() == "two otters", (
                f"I sent `two otters` by `{method}`, and the route read "
                f"`{short(reply.json())}`. Expected the whole body, because what "
                "passes, passes as it came, and a body can be read only once."
            )
        passes_sockets(client)


def starts(app: Any) -> None:
    """A server speaks first of its own life, and a learner thinks of that last."""
    try:
        with Client(app):
            pass
    except Exception as error:
        told = AssertionError(
            "I started a server with your middleware, and it raised "
            f"`{type(error).__name__}`. Expected a start, because the first scope "
            "is of the type `lifespan`, and what is no HTTP request passes as it came."
        )
        raise error if isinstance(error, NotImplementedError) else told from None


CASES: tuple[tuple[str, str, str | None, int, str], ...] = (
    ("GET", "session=s1", None, 200, "reading changes nothing."),
    ("POST", "", None, 200, "without a session there is nothing to abuse."),
    ("POST", "session=s1", None, 403, "nobody showed a token."),
    ("POST", "session=s1; csrf=c1", None, 403, "a cookie alone comes by itself."),
    ("POST", "session=s1", "c1", 403, "there is no cookie to compare with."),
    ("POST", "session=s1; csrf=c1", "c2", 403, "header and cookie differ."),
    ("POST", "session=s1; csrf=", "", 403, "two empty tokens are no token."),
    ("POST", "session=s1; csrf=c1", "ç1", 403, "a header may hold any letter."),
    ("POST", "session=s1; csrf=c1", "c1", 200, "header and cookie are the same."),
    ("DELETE", "session=s1; csrf=c1", "c1", 200, "header and cookie are the same."),
    ("DELETE", "session=s1", None, 403, "to delete is to change."),
)


def meadow(ran: list[str]) -> FastAPI:
    app = FastAPI()

    @app.api_route("/notes", methods=["GET", "POST", "DELETE"])
    async def note(request: Request) -> str:
        ran.append("notes")
        with move_on_after(1):  # where the body was read before, none comes any more
            return (await request.body()).decode()
        return ""

    @app.websocket("/live")
    async def live(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text("open")
        await socket.close()

    return app


def passes_sockets(client: Client) -> None:
    try:
        with client.websocket_connect("/live") as socket:
            got: object = socket.receive_text()
    except Exception as error:
        got = error
    assert got == "open", (
        f"I opened a WebSocket through your middleware and got `{short(got)}`. "
        "Expected its greeting, because what is no HTTP request passes as it came."
    )
