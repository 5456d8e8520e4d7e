"""Chapter 7: the gate attacked over real sockets, and by a real browser."""

import asyncio
import json
import os
import pickle
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import httpx
import jwt
import pytest
from fastapi.testclient import TestClient
from pwdlib.hashers.argon2 import Argon2Hasher
from pwdlib.hashers.bcrypt import BcryptHasher
from pydantic import SecretStr, ValidationError
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.sync.client import ClientConnection, connect

import chapters.ch07_security.app as room
from chapters.ch07_security import (
    attacks,
    exercises,
    jwt_careless,
    jwt_forgeries,
    model_file,
)
from chapters.ch07_security import sequences as pictures
from chapters.ch07_security.checklist import ROWS
from chapters.ch07_security.gate import app as gate_app
from chapters.ch07_security.gate.csrf import CSRFMiddleware, make_token
from chapters.ch07_security.gate.models import Token, UtcTime
from chapters.ch07_security.gate.settings import Settings
from chapters.ch07_security.jwt_settings import JwtSettings
from chapters.toolkit import check, launch
from chapters.toolkit.processes import Process
from tests.contracts import breaches

ROOT = Path(__file__).parents[2]
SOLUTIONS = ROOT / "tests" / "solutions" / "ch07_security"
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
PASSWORD = "herons nest in the oak"
JWT_KEY = "a key for these tests, 32 bytes or more"
JSON = {"Content-Type": "application/json"}
EVIL = "https://evil.example"
SESSION, CSRF = "__Host-session", "__Host-csrf"


@pytest.fixture(scope="module")
def front() -> Iterator[Process]:
    """The same pages on another port: another origin."""
    name = "front of chapter 7"
    with launch("chapters.ch07_security.two_origins", name=name) as process:
        yield process


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gate") / "gate.db"


@pytest.fixture(scope="module")
def server(front: Process, database: Path) -> Iterator[Process]:
    env = {
        "GATE_FRONT_ENDS": json.dumps([front.url]),
        "GATE_DATABASE_URL": f"sqlite+aiosqlite:///{database}",
        "GATE_ADDRESS_ATTEMPTS": "10000",
        "OBSERVATORY_ORIGIN": front.url,
        "JWT_KEY": JWT_KEY,
    }
    name = "tests of chapter 7"
    with launch("chapters.ch07_security", name=name, env=env) as process:
        yield process


@pytest.fixture(scope="module")
def api(server: Process) -> Iterator[httpx.Client]:
    """A client that keeps no connection: uvicorn closes one after a 500."""
    limits = httpx.Limits(max_keepalive_connections=0)
    with httpx.Client(base_url=server.url, limits=limits, timeout=30) as client:
        yield client


@pytest.fixture
def table(api: httpx.Client, database: Path) -> Iterator[sqlite3.Connection]:
    """The gate's database, as a thief or a warden with a shell has it."""
    with closing(sqlite3.connect(database, timeout=10)) as connection:
        yield connection


numbers = count(1)


class Visitor:
    """Somebody with an account, a token, and a browser's cookies if they want."""

    def __init__(self, api: httpx.Client) -> None:
        self.api, self.email = api, f"visitor{next(numbers)}@reserve.example"
        self.account = {"email": self.email, "name": "Ada", "password": PASSWORD}
        reply = api.post("/gate/register", json=self.account)
        assert reply.status_code == 201, reply.text
        self.id: int = reply.json()["id"]
        self.token = self.sign_in()

    def sign_in(self) -> str:
        reply = guess(self.api, self.email, PASSWORD)
        assert reply.status_code == 200, reply.text
        return str(reply.json()["access_token"])

    @property
    def headers(self) -> dict[str, str]:
        return bearer(self.token)

    def ask(self, method: str, path: str, **sent: Any) -> httpx.Response:
        return self.api.request(method, f"/gate{path}", headers=self.headers, **sent)

    def sighting(self, species: str = "otter") -> int:
        reply = self.ask("POST", "/sightings", json={"species": species})
        assert reply.status_code == 201
        return int(reply.json()["id"])

    def browse(self, **sent: Any) -> tuple[str, str]:
        """Sign in as a browser does: the two cookies."""
        login = {"email": self.email, "password": PASSWORD}
        reply = self.api.post("/gate/login", json=login, **sent)
        assert reply.status_code == 200, reply.text
        cookies = [c.partition(";")[0] for c in reply.headers.get_list("set-cookie")]
        found = dict(c.split("=", 1) for c in cookies)
        self.api.cookies.clear()
        return found[SESSION], found[CSRF]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def guess(
    api: httpx.Client, email: str, password: str, address: str = "127.0.0.1"
) -> httpx.Response:
    """Uvicorn believes a proxy on this machine about whom it speaks for."""
    form = {"username": email, "password": password}
    headers = {"X-Forwarded-For": address}
    return api.post("/gate/token", data=form, headers=headers)


@pytest.fixture(scope="module")
def ada(api: httpx.Client) -> Visitor:
    return Visitor(api)


@pytest.fixture(scope="module")
def grace(api: httpx.Client) -> Visitor:
    return Visitor(api)


def cookies(session: str, csrf: str = "") -> dict[str, str]:
    text = f"{SESSION}={session}; {CSRF}={csrf}" if csrf else f"{SESSION}={session}"
    return {"Cookie": text}


# --- a key in a header -----


@pytest.mark.parametrize(
    "path", ["/api-key-header/readings", "/api-key-guard/readings"]
)
@pytest.mark.parametrize(
    ("key", "status"),
    [
        (None, 401),
        (b"", 401),
        (b"heron-pond-4472", 403),
        ("héron".encode(), 403),
        (b"heron-pond-4471", 200),
    ],
)
def test_a_key_opens(
    api: httpx.Client, path: str, key: bytes | None, status: int
) -> None:
    headers = {} if key is None else {b"X-Station-Key": key}
    reply = api.get(path, headers=headers)
    assert reply.status_code == status
    if status == 401:
        assert reply.headers["www-authenticate"] == "APIKey"


def test_a_guard_stands_for_its_router_and_no_other(api: httpx.Client) -> None:
    base = "/api-key-guard"
    key = {"X-Station-Key": "heron-pond-4471"}
    assert api.get(f"{base}/batteries").status_code == 401
    assert api.get(f"{base}/batteries", headers=key).json() == {"HP1": 87}
    assert api.get(f"{base}/species").json() == ["kestrel", "otter"]


def test_the_docs_know_each_lock(api: httpx.Client) -> None:
    document = api.get("/api-key-header/openapi.json").json()
    [scheme] = document["components"]["securitySchemes"].values()
    assert scheme == {"type": "apiKey", "in": "header", "name": "X-Station-Key"}
    schemes = api.get("/gate/openapi.json").json()["components"]["securitySchemes"]
    assert {s["type"] for s in schemes.values()} == {"apiKey", "oauth2"}


# --- accounts -----


def test_an_account_is_opened_once_whatever_the_case(api: httpx.Client) -> None:
    account = {"email": "Kay@Reserve.example", "name": "Kay", "password": PASSWORD}
    reply = api.post("/gate/register", json=account)
    assert reply.status_code == 201
    assert reply.json().keys() == {"id", "email", "name", "role"}
    assert reply.json()["email"] == "kay@reserve.example"
    again = api.post("/gate/register", json=account | {"email": "kay@reserve.example"})
    assert (again.status_code, again.json()) == (
        409,
        {"detail": "This e-mail is registered already."},
    )
    assert guess(api, "KAY@reserve.example", PASSWORD).status_code == 200


def test_of_two_who_register_at_once_one_is_told(api: httpx.Client) -> None:
    account = {"email": "twin@reserve.example", "name": "Twin", "password": PASSWORD}
    with ThreadPoolExecutor(4) as pool:
        replies = pool.map(lambda _: api.post("/gate/register", json=account), range(4))
    assert sorted(reply.status_code for reply in replies) == [201, 409, 409, 409]


@pytest.mark.parametrize(
    ("password", "status"),
    [
        ("fourteen chars", 422),
        ("fifteen chars !", 201),
        ("x" * 64, 201),
        ("ü" * 256, 201),
        ("x" * 257, 422),
        ("PasswordPassword", 422),
        (15, 422),
        ("\ud800" * 20, 422),
    ],
)
def test_passwords_have_their_rule(
    api: httpx.Client, password: str | int, status: int
) -> None:
    email = f"rule{next(numbers)}@reserve.example"
    account = {"email": email, "name": "R", "password": password}
    sent = {"content": json.dumps(account), "headers": JSON}
    reply = api.post("/gate/register", **sent)  # type: ignore[arg-type]
    assert reply.status_code == status
    assert status == 201 or "input" not in reply.json()["detail"][0]
    if status == 201:
        assert guess(api, email, str(password)).status_code == 200


def test_nothing_is_cut_off(api: httpx.Client) -> None:
    email, long = "long@reserve.example", "a long password of many words " * 4
    account = {"email": email, "name": "L", "password": long}
    assert api.post("/gate/register", json=account).status_code == 201
    assert guess(api, email, long[:72]).status_code == 401
    assert guess(api, email, long.strip()).status_code == 401
    assert guess(api, email, long).status_code == 200


def test_a_changed_name_is_kept(ada: Visitor) -> None:
    reply = ada.ask("PATCH", "/me", json={"name": "Ada L."})
    assert (reply.status_code, reply.json()["name"]) == (200, "Ada L.")
    assert ada.ask("GET", "/me").json()["name"] == "Ada L."


def test_who_leaves_takes_everything_along(
    api: httpx.Client, table: sqlite3.Connection
) -> None:
    kit = Visitor(api)
    kit.sighting()
    assert kit.ask("DELETE", "/me").status_code == 204
    assert kit.ask("GET", "/me").status_code == 401
    assert guess(api, kit.email, PASSWORD).status_code == 401
    for query in (
        "SELECT count(*) FROM observers WHERE id = ?",
        "SELECT count(*) FROM tokens WHERE observer_id = ?",
        "SELECT count(*) FROM sightings WHERE owner_id = ?",
    ):
        assert table.execute(query, (kit.id,)).fetchone() == (0,)


# --- tokens -----


def test_tokens_are_random(ada: Visitor) -> None:
    tokens = [ada.sign_in() for _ in range(4)]
    assert len({*tokens}) == 4
    assert {len(token) for token in tokens} == {43}  # 256 bits in base64
    alphabet = [{token[place] for token in tokens} for place in range(42)]
    assert sum(len(letters) > 1 for letters in alphabet) > 35


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"Authorization": "Bearer"}, id="no token"),
        pytest.param(bearer("kestrel"), id="garbage"),
        pytest.param({b"Authorization": "Bearer héron".encode()}, id="not ASCII"),
        pytest.param({b"Authorization": b"Bearer \xff\xfe"}, id="not UTF-8"),
        pytest.param(bearer("x" * 4000), id="long"),
        pytest.param({"Authorization": "Basic YTpi"}, id="another scheme"),
        pytest.param({"Cookie": f"{SESSION}=kestrel"}, id="a made-up cookie"),
    ],
)
def test_a_bad_token_is_401_with_a_challenge(
    api: httpx.Client, shown: dict[Any, Any]
) -> None:
    reply = api.get("/gate/me", headers=shown)
    assert (reply.status_code, reply.json()) == (401, {"detail": "Sign in first."})
    assert reply.headers["www-authenticate"] == "Bearer"


def test_a_token_changed_by_a_letter_is_nobodys(ada: Visitor) -> None:
    other = "A" if ada.token[-1] != "A" else "B"
    for token in (ada.token[:-1], ada.token[:-1] + other, ada.token.swapcase()):
        reply = ada.api.get("/gate/me", headers=bearer(token))
        assert reply.status_code == 401


def test_a_token_is_its_owners(ada: Visitor, grace: Visitor) -> None:
    assert ada.ask("GET", "/me").json()["id"] == ada.id
    assert grace.ask("GET", "/me").json()["id"] == grace.id


def test_a_stolen_database_opens_nothing(
    ada: Visitor, table: sqlite3.Connection
) -> None:
    tokens = table.execute("SELECT digest FROM tokens").fetchall()
    hashes = table.execute("SELECT password_hash FROM observers").fetchall()
    assert (sha256(ada.token.encode()).hexdigest(),) in tokens
    for (stolen,) in [*tokens[:5], *hashes[:5]]:
        shown = ada.api.get("/gate/me", headers=bearer(stolen))
        assert shown.status_code == 401
    for (stolen,) in hashes[:2]:
        assert guess(ada.api, ada.email, stolen).status_code == 401
    everything = "\n".join(table.iterdump())
    assert ada.token not in everything
    assert PASSWORD not in everything


def test_an_expired_token_is_refused_and_swept_out(
    api: httpx.Client, table: sqlite3.Connection
) -> None:
    visitor = Visitor(api)
    with table:
        table.execute(
            "UPDATE tokens SET expires_at = ? WHERE observer_id = ?",
            ("2026-01-01 00:00:00.000000", visitor.id),
        )
    assert visitor.ask("GET", "/me").status_code == 401
    visitor.sign_in()
    query = "SELECT count(*) FROM tokens WHERE observer_id = ?"
    assert table.execute(query, (visitor.id,)).fetchone() == (1,)


def test_signing_out_ends_it_here(ada: Visitor) -> None:
    token, other = ada.sign_in(), ada.sign_in()
    reply = ada.api.post("/gate/logout", headers=bearer(token))
    assert reply.status_code == 204
    assert ada.api.get("/gate/me", headers=bearer(token)).status_code == 401
    assert ada.api.get("/gate/me", headers=bearer(other)).status_code == 200
    assert ada.api.post("/gate/logout", headers=bearer(token)).status_code == 401


def test_signing_out_everywhere_ends_each(api: httpx.Client) -> None:
    visitor = Visitor(api)
    other = visitor.sign_in()
    assert visitor.ask("POST", "/logout-everywhere").status_code == 204
    for token in (visitor.token, other):
        assert api.get("/gate/me", headers=bearer(token)).status_code == 401


def test_a_new_login_ends_the_old_one(api: httpx.Client) -> None:
    visitor = Visitor(api)
    old, csrf = visitor.browse()
    headers = cookies(old, csrf) | {"X-CSRF-Token": csrf}
    new, _ = visitor.browse(headers=headers)
    assert new != old
    assert api.get("/gate/me", headers=cookies(old)).status_code == 401
    assert api.get("/gate/me", headers=cookies(new)).status_code == 200


def test_the_time_of_a_token_knows_its_zone() -> None:
    column = UtcTime()
    summer = datetime(2026, 6, 1, 14, tzinfo=UTC) - timedelta(hours=2)
    kept = column.process_bind_param(summer, None)  # type: ignore[arg-type]
    assert kept == datetime(2026, 6, 1, 12, tzinfo=UTC)
    naive = datetime(2026, 6, 1, 12)
    read = column.process_result_value(naive, None)  # type: ignore[arg-type]
    assert read == kept
    assert isinstance(Token.__table__.c.expires_at.type, UtcTime)


# --- hashes -----


@pytest.mark.parametrize(
    "old",
    [
        pytest.param(BcryptHasher(rounds=4).hash(PASSWORD), id="bcrypt"),
        pytest.param(Argon2Hasher(1, 8, 1).hash(PASSWORD), id="weaker argon2"),
    ],
)
def test_an_old_hash_is_replaced(
    api: httpx.Client, table: sqlite3.Connection, old: str
) -> None:
    visitor = Visitor(api)
    query = "SELECT password_hash FROM observers WHERE id = ?"
    (ours,) = table.execute(query, (visitor.id,)).fetchone()
    assert ours.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    with table:
        update = "UPDATE observers SET password_hash = ? WHERE id = ?"
        table.execute(update, (old, visitor.id))
    assert guess(api, visitor.email, "x" * 80).status_code == 401  # bcrypt: 72 bytes
    assert table.execute(query, (visitor.id,)).fetchone() == (old,)
    visitor.sign_in()
    (new,) = table.execute(query, (visitor.id,)).fetchone()
    assert new.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    visitor.sign_in()
    assert table.execute(query, (visitor.id,)).fetchone() == (new,)


# --- login gives nothing away -----


def test_login_tells_nobody_apart(ada: Visitor) -> None:
    said = []
    for email in (ada.email, "nobody@reserve.example", "no e-mail at all", ""):
        form = {"username": email, "password": "a wrong password"}
        reply = ada.api.post(
            "/gate/token", data=form, headers={"X-Forwarded-For": "198.51.100.1"}
        )
        if email:  # an empty field is a form that is not filled in: 422 for anybody
            said.append((reply.status_code, reply.content, {**reply.headers}))
            said[-1][2].pop("date")
    assert said[0][0] == 401
    assert said[0] == said[1] == said[2]


def medians(ask: Callable[[str], object], rounds: int) -> tuple[float, float]:
    """Seconds for somebody known and for nobody, in turn."""
    times: dict[str, list[float]] = {"ada": [], "zoe": []}
    for _ in range(rounds):
        for name, seconds in times.items():
            start = perf_counter()
            ask(name)
            seconds.append(perf_counter() - start)
    return median(times["ada"]), median(times["zoe"])


def asked(api: httpx.Client, path: str) -> Callable[[str], object]:
    def ask(name: str) -> bool:
        guess = {"observer": name, "password": "not the password"}
        reply = api.post(f"/timing-oracle/{path}", json=guess)
        assert reply.json() is False
        return True

    return ask


@pytest.mark.alone
def test_the_clock_tells_of_a_login_that_returns_early(api: httpx.Client) -> None:
    known, unknown = medians(asked(api, "early"), rounds=3)
    assert known / unknown > 20


def even(ask: Callable[[str], object]) -> bool:
    """A busy machine disturbs a race now and then; a leak shows in each."""
    for _ in range(4):
        known, unknown = medians(ask, rounds=25)
        if 0.8 < known / unknown < 1.25:
            return True
    return False


@pytest.mark.alone
def test_the_clock_tells_nobody_apart(api: httpx.Client) -> None:
    assert even(asked(api, "even"))
    right = {"observer": "ada", "password": PASSWORD}
    for path in ("early", "even"):
        assert api.post(f"/timing-oracle/{path}", json=right).json() is True


@pytest.mark.alone
def test_nor_does_the_clock_of_the_gate(ada: Visitor) -> None:
    addresses = count(1)

    def ask(name: str) -> None:
        email = ada.email if name == "ada" else "zoe@reserve.example"
        number = next(addresses)
        address = f"10.1.{number // 256}.{number % 256}"
        assert guess(ada.api, email, "a wrong one", address).status_code == 401

    assert even(ask)


def test_guessing_is_slowed_down(api: httpx.Client) -> None:
    visitor = Visitor(api)
    for email in (visitor.email, "unknown@reserve.example"):
        said = [guess(api, email, "guess", "203.0.113.1") for _ in range(6)]
        assert [reply.status_code for reply in said] == [401] * 5 + [429]
        assert 1 <= int(said[-1].headers["retry-after"]) <= 60
    # Even the right one: otherwise it would be told apart from the wrong ones.
    assert guess(api, visitor.email, PASSWORD, "203.0.113.1").status_code == 429


def test_nobody_is_locked_out(api: httpx.Client) -> None:
    visitor = Visitor(api)
    for _ in range(6):
        guess(api, visitor.email, "guess", "203.0.113.2")
    assert guess(api, visitor.email, PASSWORD, "203.0.113.3").status_code == 200


def test_guesses_sent_at_once_count_too(api: httpx.Client) -> None:
    with ThreadPoolExecutor(12) as pool:
        said = pool.map(
            lambda _: guess(api, "crowd@reserve.example", "guess").status_code,
            range(12),
        )
    assert sorted(said) == [401] * 5 + [429] * 7


def test_who_knows_the_password_is_forgiven(api: httpx.Client) -> None:
    visitor = Visitor(api)
    for _ in range(3):
        wrong = [guess(api, visitor.email, "typo", "203.0.113.4") for _ in range(4)]
        assert {reply.status_code for reply in wrong} == {401}
        assert guess(api, visitor.email, PASSWORD, "203.0.113.4").status_code == 200


@asynccontextmanager
async def small_gate(
    folder: Path, **differently: Any
) -> AsyncIterator[httpx.AsyncClient]:
    """A gate of its own, in this process, for settings that differ."""
    url = f"sqlite+aiosqlite:///{folder}/small.db"
    settings = Settings(csrf_key=SecretStr("k" * 32), database_url=url, **differently)
    app = gate_app.create_app(settings)
    transport = httpx.ASGITransport(app=app, client=None)  # type: ignore[arg-type]
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=transport, base_url="http://gate.example"
        ) as client,
    ):
        yield client


@pytest.mark.anyio
async def test_one_address_has_a_limit_over_all_accounts(tmp_path: Path) -> None:
    cheap = {"argon2_kib": 8, "argon2_passes": 1}
    async with small_gate(tmp_path, address_attempts=3, **cheap) as client:
        said = []
        for number in range(4):
            form = {"username": f"u{number}@reserve.example", "password": "guess"}
            said.append((await client.post("/token", data=form)).status_code)
        assert said == [401, 401, 401, 429]
        accounts = [
            {"email": f"u{n}@reserve.example", "name": "U", "password": PASSWORD}
            for n in range(4)
        ]
        said = [
            (await client.post("/register", json=account)).status_code
            for account in accounts
        ]
        assert said == [201, 201, 201, 429]


# --- whose is it? -----

PUBLIC = {
    ("post", "/register"),
    ("post", "/token"),
    ("post", "/login"),
    ("get", "/health"),
}
BODIES: dict[tuple[str, str], dict[str, str]] = {
    ("put", "/sightings/{sighting_id}"): {"species": "newt"},
    ("post", "/sightings"): {"species": "newt"},
    ("patch", "/me"): {"name": "Eve"},
}


def operations(api: httpx.Client) -> list[tuple[str, str]]:
    paths = api.get("/gate/openapi.json").json()["paths"]
    return [(method, path) for path, methods in paths.items() for method in methods]


def test_every_route_is_public_by_intention_or_closed(api: httpx.Client) -> None:
    found = operations(api)
    assert {*found} >= PUBLIC
    assert len(found) == 16
    for method, path in found:
        url = f"/gate{path}".replace("{sighting_id}", "1")
        reply = api.request(method, url, json=BODIES.get((method, path)))
        assert (reply.status_code == 401) == ((method, path) not in PUBLIC), path


def test_objects_are_guarded(ada: Visitor, grace: Visitor) -> None:
    """Each route with an object in its path, each with an object of another's."""
    hers, mine = grace.sighting("kestrel"), ada.sighting()
    with_object = [o for o in operations(ada.api) if "{" in o[1]]
    assert len(with_object) == 3
    for method, path in with_object:
        body = {"json": b} if (b := BODIES.get((method, path))) else {}
        for number in (hers, 2**63 - 1):
            reply = ada.ask(method, path.replace("{sighting_id}", str(number)), **body)
            told = {"detail": f"You have no sighting {number}."}
            assert (reply.status_code, reply.json()) == (404, told), method
        kept = grace.ask("GET", f"/sightings/{hers}")
        assert kept.json() == {"id": hers, "species": "kestrel", "note": ""}
        reply = ada.ask(method, path.replace("{sighting_id}", str(mine)), **body)
        assert reply.status_code in (200, 204)
    assert hers not in [row["id"] for row in ada.ask("GET", "/sightings").json()]
    assert hers in [row["id"] for row in grace.ask("GET", "/sightings").json()]


def test_the_walk_finds_every_object_closed(ada: Visitor, grace: Visitor) -> None:
    people = {"nobody": {}, "ada": ada.headers, "grace": grace.headers}
    rows = attacks.walk_objects(ada.api, people)
    assert [row["route"].split()[0] for row in rows] == ["GET", "PUT", "DELETE"]
    assert {(row["nobody"], row["ada"]) for row in rows} == {(401, 404)}
    assert [row["grace"] for row in rows] == [200, 200, 204]


def test_the_attackers_tools_work(
    server: Process, front: Process, database: Path, ada: Visitor
) -> None:
    for headers in attacks.bad_tokens(ada.token).values():
        assert ada.api.get("/gate/me", headers=headers).status_code == 401
    eve = attacks.account("Eve")
    assert ada.api.post("/gate/register", json=eve).status_code == 201
    reply = attacks.sign_in(ada.api, eve, "192.0.2.9", password="a wrong one")
    assert reply.status_code == 401
    assert attacks.sign_in(ada.api, eve).status_code == 200
    digest, hashed, loot = attacks.steal(str(database))
    assert digest in loot
    assert hashed in loot
    [line, _] = attacks.browse(ada.api, eve).headers.get_list("set-cookie")
    ada.api.cookies.clear()
    cookie = line.partition(";")[0]
    assert attacks.knock(server.url, EVIL, cookie) == 403
    assert "sightings" in str(attacks.knock(server.url, front.url, cookie))


def test_a_planted_hash_is_what_the_former_system_left(
    tmp_path: Path,
) -> None:
    path = str(tmp_path / "old.db")
    with closing(sqlite3.connect(path)) as shell, shell:
        shell.execute("CREATE TABLE observers (password_hash)")
        shell.execute("INSERT INTO observers VALUES ('new')")
    attacks.plant(path, "old")
    with closing(sqlite3.connect(path)) as shell:
        assert shell.execute("SELECT * FROM observers").fetchall() == [("old",)]


@pytest.mark.parametrize("number", ["0", "-1", "kestrel", str(2**63)])
def test_a_number_that_is_none_is_422(ada: Visitor, number: str) -> None:
    assert ada.ask("GET", f"/sightings/{number}").status_code == 422


def test_functions_are_guarded(
    api: httpx.Client, ada: Visitor, table: sqlite3.Connection
) -> None:
    assert ada.ask("GET", "/wardens/observers").status_code == 403
    warden = Visitor(api)
    with table:
        promote = "UPDATE observers SET role = 'warden' WHERE id = ?"
        table.execute(promote, (warden.id,))
    reply = warden.ask("GET", "/wardens/observers")
    assert reply.status_code == 200
    assert ada.email in [one["email"] for one in reply.json()]
    assert "argon2" not in reply.text


@pytest.mark.parametrize(
    ("method", "path", "sent"),
    [
        ("PATCH", "/me", {"name": "Ada", "role": "warden"}),
        ("PATCH", "/me", {"name": "Ada", "id": 1}),
        ("POST", "/sightings", {"species": "otter", "owner_id": 1}),
        ("POST", "/register", {"email": "a@b.cd", "name": "A", "password": PASSWORD}
         | {"role": "warden"}),
    ],
)  # fmt: skip
def test_no_field_is_smuggled_in(
    ada: Visitor, method: str, path: str, sent: dict[str, Any]
) -> None:
    reply = ada.ask(method, path, json=sent)
    assert reply.status_code == 422
    assert reply.json()["detail"][0]["type"] == "extra_forbidden"
    assert ada.ask("GET", "/me").json()["role"] == "observer"


def test_the_careless_model_makes_a_warden(api: httpx.Client) -> None:
    sent = {"name": "Eve", "role": "warden"}
    assert api.patch("/mass-assignment/careless", json=sent).json() == sent
    assert api.patch("/mass-assignment/strict", json=sent).status_code == 422
    reply = api.patch("/mass-assignment/strict", json={"name": "Eve"})
    assert reply.json() == {"name": "Eve", "role": "observer"}


def test_no_answer_in_the_schema_has_a_hash(api: httpx.Client) -> None:
    document = api.get("/gate/openapi.json").text
    assert "password_hash" not in document
    assert "digest" not in document


# --- cookies, CORS, CSRF -----


def test_cookies_are_closed(ada: Visitor) -> None:
    login = {"email": ada.email, "password": PASSWORD}
    reply = ada.api.post("/gate/login", json=login)
    said = {
        line.partition("=")[0]: {part.strip() for part in line.split(";")[1:]}
        for line in reply.headers.get_list("set-cookie")
    }
    closed = {"Max-Age=43200", "Path=/", "SameSite=lax", "Secure"}
    assert said == {SESSION: closed | {"HttpOnly"}, CSRF: closed}
    assert reply.json().keys() == {"csrf_token"}


@pytest.mark.parametrize(
    ("method", "origin", "csrf", "header", "status"),
    [
        pytest.param("GET", EVIL, "", "", 200, id="reading changes nothing"),
        pytest.param("PATCH", "own", "ours", "ours", 200, id="our page"),
        pytest.param("PATCH", "front", "ours", "ours", 200, id="our front end"),
        pytest.param("PATCH", None, "ours", "ours", 200, id="a program with cookies"),
        pytest.param("PATCH", EVIL, "ours", "ours", 403, id="a foreign page"),
        pytest.param("PATCH", "null", "ours", "ours", 403, id="no page at all"),
        pytest.param("PATCH", "front", "ours", "", 403, id="no header"),
        pytest.param("PATCH", "front", "", "ours", 403, id="no cookie"),
        pytest.param("PATCH", "front", "", "", 403, id="neither"),
        pytest.param("PATCH", "front", "ours", "other", 403, id="header differs"),
        pytest.param("PATCH", "front", "other", "other", 403, id="another's token"),
        pytest.param("PATCH", "front", "made up", "made up", 403, id="made up"),
        pytest.param("PATCH", "front", "ours", "ç", 403, id="not ASCII"),
    ],
)
def test_a_double_submit(
    ada: Visitor,
    grace: Visitor,
    front: Process,
    method: str,
    origin: str | None,
    csrf: str,
    header: str,
    status: int,
) -> None:
    session, ours = ada.browse()
    values = {"ours": ours, "other": grace.browse()[1], "made up": "a.b"}
    headers = cookies(session, values.get(csrf, csrf))
    known = {"own": str(ada.api.base_url).rstrip("/"), "front": front.url}
    if origin:
        headers["Origin"] = known.get(origin, origin)
    if header:
        headers["X-CSRF-Token"] = values.get(header, header)
    raw = {name.encode(): text.encode() for name, text in headers.items()}
    body = {"json": {"name": "Ada"}} if method == "PATCH" else {}
    reply = ada.api.request(method, "/gate/me", headers=raw, **body)
    assert reply.status_code == status
    readable = origin == "front"
    allowed = reply.headers.get("access-control-allow-origin")
    assert (allowed == front.url) == readable  # the 403, too: CORS stands outermost


def test_a_foreign_page_cannot_sign_a_visitor_in(ada: Visitor) -> None:
    form = {"username": ada.email, "password": PASSWORD}
    reply = ada.api.post("/gate/token", data=form, headers={"Origin": EVIL})
    assert reply.status_code == 403


def test_the_csrf_token_can_be_had_again(ada: Visitor) -> None:
    session, _ = ada.browse()
    reply = ada.api.get("/gate/csrf", headers=cookies(session))
    token = reply.json()["csrf_token"]
    assert reply.headers["set-cookie"].startswith(f"{CSRF}={token};")
    ada.api.cookies.clear()
    headers = cookies(session, token) | {"X-CSRF-Token": token}
    out = ada.api.post("/gate/logout", headers=headers)
    assert out.status_code == 204
    assert all("Max-Age=0" in line for line in out.headers.get_list("set-cookie"))
    assert ada.api.get("/gate/me", headers=cookies(session)).status_code == 401


def test_the_middleware_lets_what_is_no_request_pass() -> None:
    seen: list[str] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    async def nothing(*_: Any) -> Any: ...

    middleware = CSRFMiddleware(inner, key=b"k", trusted=frozenset())
    for kind in ("lifespan", "websocket"):
        asyncio.run(middleware({"type": kind}, nothing, nothing))
    assert seen == ["lifespan", "websocket"]
    assert make_token(b"k", "s") != make_token(b"k", "s")


@pytest.mark.parametrize(
    ("lesson", "origin", "allowed", "status"),
    [
        ("cors-allowed", "front", "front", 200),
        ("cors-allowed", EVIL, None, 400),
        ("cors-allowed", "null", None, 400),
        ("cors-wildcard", EVIL, EVIL, 200),
        ("no-cors", EVIL, None, 405),
        ("gate", "front", "front", 200),
        ("gate", EVIL, None, 400),
    ],
)
def test_strangers_may_read_nothing(
    api: httpx.Client,
    front: Process,
    lesson: str,
    origin: str,
    allowed: str | None,
    status: int,
) -> None:
    """Nothing but the wildcard's data, which is the lesson of the wildcard."""
    known = {"front": front.url}
    origin = known.get(origin, origin)
    path = {"cors-wildcard": "me", "gate": "health"}.get(lesson, "species")
    reply = api.get(f"/{lesson}/{path}", headers={"Origin": origin})
    header = "access-control-allow-origin"
    assert reply.status_code == 200  # the request runs; the browser keeps the answer
    assert reply.headers.get(header) == known.get(allowed or "", allowed)
    asked = {"Origin": origin, "Access-Control-Request-Method": "GET"}
    reply = api.options(f"/{lesson}/{path}", headers=asked)
    assert reply.status_code == status
    assert reply.headers.get(header) == known.get(allowed or "", allowed)


def test_a_text_is_taken_for_json_only_where_the_route_does_so(
    api: httpx.Client,
) -> None:
    sent = {"content": b'{"text": "x"}', "headers": {"Content-Type": "text/plain"}}
    assert api.post("/no-cors/notes", **sent).status_code == 200  # type: ignore[arg-type]
    assert api.post("/no-cors/typed-notes", **sent).status_code == 422  # type: ignore[arg-type]
    assert api.post("/no-cors/typed-notes", json={"text": "x"}).status_code == 200
    assert api.post("/cors-allowed/notes", json={"text": "x"}).json() == {"text": "x"}


def test_every_answer_is_protected(ada: Visitor) -> None:
    for path in ("/health", "/me", "/nothing", "/sightings/0"):
        headers = ada.api.get(f"/gate{path}").headers
        policy = headers["content-security-policy"]
        for rule in ("default-src", "base-uri", "frame-ancestors"):
            assert f"{rule} 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert "max-age=63072000" in headers["strict-transport-security"]


# --- sockets -----


def knock(server: Process, **sent: Any) -> ClientConnection:
    address = server.url.replace("http://", "ws://") + "/gate/live"
    return connect(address, compression=None, **sent)


def refusal(server: Process, **sent: Any) -> int:
    with pytest.raises(InvalidStatus) as caught, knock(server, **sent):
        pass
    return caught.value.response.status_code


def test_a_socket_has_an_origin(server: Process, front: Process, ada: Visitor) -> None:
    session, _ = ada.browse()
    for origin in (EVIL, "null", None):
        sent = {"origin": origin, "additional_headers": cookies(session)}
        assert refusal(server, **sent) == 403
    for origin in (front.url, server.url):
        sent = {"origin": origin, "additional_headers": cookies(session)}
        with knock(server, **sent) as socket:
            socket.send("how many?")
            assert "sightings" in json.loads(socket.recv(timeout=10))


def test_a_socket_has_a_session(server: Process, ada: Visitor) -> None:
    assert refusal(server, additional_headers=bearer("kestrel")) == 403
    assert refusal(server, origin=server.url) == 403
    token = ada.sign_in()
    with knock(server, additional_headers=bearer(token)) as socket:
        socket.send("how many?")
        before = json.loads(socket.recv(timeout=10))["sightings"]
        ada.sighting()
        socket.send("and now?")
        assert json.loads(socket.recv(timeout=10))["sightings"] == before + 1
        ada.api.post("/gate/logout", headers=bearer(token))
        socket.send("and now?")
        with pytest.raises(ConnectionClosedError) as caught:
            socket.recv(timeout=10)
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == 1008


# --- JWT -----


def ours() -> JwtSettings:
    return JwtSettings(key=SecretStr(JWT_KEY))


FORGED = jwt_forgeries.forge(JwtSettings(key=SecretStr(JWT_KEY)))


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_jwt_is_refused(api: httpx.Client, name: str) -> None:
    reply = api.get("/jwt-signed/me", headers=bearer(FORGED[name]))
    assert (reply.status_code, reply.json()) == (401, {"detail": "Sign in first."})
    assert reply.headers["www-authenticate"] == 'Bearer error="invalid_token"'


def test_a_genuine_jwt_is_taken(api: httpx.Client) -> None:
    assert api.post("/jwt-signed/badge", json={"badge": "x"}).status_code == 403
    token = api.post("/jwt-signed/badge", json={"badge": "kestrel-7"}).json()
    assert (
        api.get("/jwt-signed/me", headers=bearer(token["access_token"])).json() == "ada"
    )
    good = jwt.encode(jwt_forgeries.genuine(ours()), JWT_KEY, algorithm="HS256")
    assert api.get("/jwt-signed/me", headers=bearer(good)).json() == "ada"
    assert api.get("/jwt-signed/me").status_code == 401
    raw = {b"Authorization": "Bearer héron.x.y".encode()}
    assert api.get("/jwt-signed/me", headers=raw).status_code == 401


def test_careless_readers_believe_forgeries() -> None:
    nobody = {n for n, t in FORGED.items() if jwt_careless.believed(t) == "nobody"}
    assert nobody == {"not a token", "for nobody"}
    pem = jwt_forgeries.PUBLIC_KEY
    confused = FORGED["signed with a public key"]
    assert outcome(lambda t: jwt_careless.obedient(t, pem), confused) == "ada"
    assert outcome(lambda t: jwt_careless.obedient(t, JWT_KEY), FORGED["alg none"])
    assert not outcome(lambda t: jwt_careless.obedient(t, JWT_KEY), confused)
    # PyJWT itself will not be confused: it knows a public key when it sees one.
    with pytest.raises(jwt.InvalidKeyError, match="asymmetric"):
        jwt.decode(confused, pem, algorithms=["HS256", "RS256"])


def outcome(read: Callable[[str], str], token: str) -> str | None:
    try:
        return read(token)
    except jwt.InvalidTokenError:
        return None


# --- settings, errors, files -----


def test_a_secret_is_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GATE_CSRF_KEY", raising=False)
    with pytest.raises(ValidationError, match="csrf_key"):
        gate_app.from_environment()
    monkeypatch.setenv("GATE_CSRF_KEY", "too short, but secret")
    with pytest.raises(ValidationError) as caught:
        gate_app.from_environment()
    assert "too short, but" not in str(caught.value)
    key = "long enough to be the key of a gate"
    monkeypatch.setenv("GATE_CSRF_KEY", key)
    settings = Settings()  # type: ignore[call-arg]
    assert key not in f"{settings!r} {settings} {settings.model_dump_json()}"
    assert JWT_KEY not in repr(ours())
    with pytest.raises(ValidationError) as caught:
        JwtSettings(key=SecretStr("short"))
    assert "short" not in str(caught.value).replace("too_short", "")


def test_debug_and_docs_are_off(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GATE_CSRF_KEY", "k" * 32)
    monkeypatch.setenv("GATE_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}/gate.db")
    app = gate_app.from_environment()
    assert app.debug is False
    with TestClient(app) as client:
        assert client.get("/health").json() == {"open": True}
        for path in ("/docs", "/redoc", "/openapi.json"):
            assert client.get(path).status_code == 404


def test_a_crash_tells_nothing(api: httpx.Client, server: Process) -> None:
    reply = api.get("/generic-error/broken")
    assert (reply.status_code, reply.text) == (500, "Internal Server Error")
    assert server.until("db-7.internal")
    told = api.get("/generic-error/debugging/broken")
    assert told.status_code == 500
    assert "db-7.internal" in told.text


def test_a_model_file_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text('{"weights": {"wing": 1.5}, "bias": 0.5}')
    digest = sha256(path.read_bytes()).hexdigest()
    model = model_file.load_model(path, digest)
    assert (model.weights, model.bias) == ({"wing": 1.5}, 0.5)
    path.write_text('{"weights": {"wing": 9.5}, "bias": 0.5}')
    with pytest.raises(model_file.WrongModelError, match="not the file"):
        model_file.load_model(path, digest)
    path.write_bytes(pickle.dumps(model.weights))  # released so, by mistake
    with pytest.raises(ValueError, match=r"codec|Expecting"):
        model_file.load_model(path, sha256(path.read_bytes()).hexdigest())


@pytest.mark.parametrize(
    "content",
    [b"x" * 10_000_000, (b"x" * 9_000 for _ in range(2))],
    ids=["long", "chunks"],
)
def test_a_flood_is_stopped(api: httpx.Client, content: Any) -> None:
    kind = {"Content-Type": "application/json"}
    try:
        reply = api.post("/gate/login", content=content, headers=kind)
    except httpx.WriteError:  # the server hung up in the middle of the flood
        reply = api.post("/gate/login", content=b"x" * 16_001, headers=kind)
    assert reply.status_code == 413


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        pytest.param(b'{"email": "\xff"}', "application/json", 400, id="no UTF-8"),
        pytest.param(b'{"email": ', "application/json", 422, id="half"),
        pytest.param(
            b'{"email": "a@b.cd", "password": "\\ud800"}',
            "application/json",
            401,
            id="half a character",
        ),
        pytest.param(b'{"email": "a@b.cd"}', "text/plain", 422, id="as text"),
        pytest.param(b'{"email": "a@b.cd", "password": ""}', "", 422, id="no type"),
        pytest.param(b"", "application/json", 422, id="empty"),
        pytest.param(b"null", "application/json", 422, id="null"),
    ],
)
def test_bad_bodies_get_an_answer(
    api: httpx.Client, content: bytes, kind: str, status: int
) -> None:
    headers = {"Content-Type": kind} if kind else {}
    reply = api.post("/gate/login", content=content, headers=headers)
    assert reply.status_code == status
    assert reply.json()["detail"]


def test_a_deep_body_gets_an_answer(api: httpx.Client) -> None:
    """Too deep for one Python's parser, merely unfinished for another's."""
    reply = api.post("/gate/login", content=b"[" * 8000, headers=JSON)
    assert reply.status_code in (400, 422)
    assert reply.json()["detail"]


@pytest.mark.parametrize(
    "form",
    [
        b"username=%ff%fe&password=%00",
        "username=h\u00e9&password=h\u00e9".encode(),
        b"username=\xff&password=\xff",
        b"username=a&password=" + b"x" * 9_000,
    ],
)
def test_bad_forms_get_an_answer(api: httpx.Client, form: bytes) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    reply = api.post("/gate/token", content=form, headers=kind)
    assert reply.status_code in (400, 401)


@pytest.mark.parametrize(
    ("form", "place"),
    [
        ({}, "username"),
        ({"username": "ada"}, "password"),
        ({"username": "a", "password": "b", "grant_type": "code"}, "grant_type"),
    ],
)
def test_a_form_is_asked_for_whole(
    api: httpx.Client, form: dict[str, str], place: str
) -> None:
    reply = api.post("/gate/token", data=form)
    assert reply.status_code == 422
    assert reply.json()["detail"][0]["loc"] == ["body", place]
    assert api.post("/gate/token", json=form).status_code == 422


# --- where the hash is computed -----


def test_a_hash_in_a_thread_keeps_nobody_waiting(api: httpx.Client) -> None:
    def wait(path: str) -> float:
        return attacks.longest_wait(api, f"/hashing-place/{path}")

    def keeps_waiting(path: str) -> bool:
        return wait("on-loop") / wait(path) < 2

    for path in ("in-thread", "plain-def"):
        assert not all(keeps_waiting(path) for _ in range(3))


# --- a browser -----

no_chromium = pytest.mark.skipif(
    not CHROMIUM.exists() and "CI" not in os.environ,
    reason="no Chromium here: set CHROMIUM to its path",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    context = browser.new_context()
    tab = context.new_page()
    tab.set_default_timeout(20_000)
    yield tab
    context.close()


def press(tab: Any, button: str) -> str:
    tab.click(f"#{button}")
    tab.wait_for_function("!['', '…'].includes(result.textContent)")
    return str(tab.text_content("#result"))


def elsewhere(page: Process, host: str) -> str:
    return page.url.replace("127.0.0.1", host) + "/elsewhere"


@pytest.fixture(scope="module")
def stranger() -> Iterator[Process]:
    """A third port, which nobody allowed."""
    name = "stranger of chapter 7"
    with launch("chapters.ch07_security.two_origins", name=name) as process:
        yield process


@no_chromium
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_what_a_foreign_page_may_not_read_runs_all_the_same(
    tab: Any, server: Process, front: Process, api: httpx.Client, host: str
) -> None:
    console: list[str] = []
    tab.on("console", lambda message: console.append(message.text))
    before = len(api.get("/no-cors/notes").json())
    tab.goto(f"{elsewhere(front, host)}?api={server.url}")
    for button in ("read", "simple", "json"):
        assert press(tab, button) == "not readable: Failed to fetch"
    notes = api.get("/no-cors/notes").json()[before:]
    assert notes == ['{"text":"sent by a stranger"}']  # the text ran, the JSON did not
    assert "has been blocked by CORS policy" in " ".join(console)
    assert server.until("OPTIONS /no-cors/notes HTTP/1.1. 405")


@no_chromium
@pytest.mark.parametrize(
    ("host", "readable"), [("127.0.0.1", True), ("localhost", False)]
)
def test_an_allowed_origin_reads(
    tab: Any, server: Process, front: Process, host: str, readable: bool
) -> None:
    tab.goto(f"{elsewhere(front, host)}?api={server.url}&lesson=cors-allowed")
    said = [press(tab, button) for button in ("read", "json")]
    answers = ['200 ["kestrel","otter"]', '200 {"text":"sent by a stranger"}']
    assert said == (answers if readable else ["not readable: Failed to fetch"] * 2)


def desk(tab: Any, server: Process, front: Process) -> None:
    tab.goto(f"{front.url}/front-desk?api={server.url}")


def sign_in_by_hand(tab: Any, server: Process, front: Process) -> str:
    email = f"browser{next(numbers)}@reserve.example"
    desk(tab, server, front)
    tab.fill("#email", email)
    tab.fill("#password", PASSWORD)
    assert press(tab, "register").startswith("201 ")
    assert press(tab, "login").startswith("200 ")
    return email


@no_chromium
def test_a_page_of_ours_signs_in_and_repeats_the_cookie(
    tab: Any, server: Process, front: Process
) -> None:
    email = sign_in_by_hand(tab, server, front)
    assert email in press(tab, "whoami")
    script = tab.evaluate("document.cookie")
    assert CSRF in script
    assert SESSION not in script
    tab.fill("#name", "Ada")
    assert press(tab, "rename").startswith("200 ")
    tab.uncheck("#protect")
    told = press(tab, "rename")
    assert told == '403 {"detail":"The header X-CSRF-Token does not match the cookie."}'
    tab.check("#protect")
    assert press(tab, "logout") == "204 "
    assert press(tab, "whoami").startswith("401 ")


@no_chromium
def test_a_name_stays_text(tab: Any, server: Process, front: Process) -> None:
    sign_in_by_hand(tab, server, front)
    tab.fill("#name", "<img src=x onerror=document.title='stolen'>")
    assert "<img src=x" in press(tab, "rename")
    assert tab.locator("#result img").count() == 0
    assert tab.title() == "Front desk of the reserve"


@no_chromium
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_forged_form_is_stopped(
    tab: Any, server: Process, front: Process, stranger: Process, host: str
) -> None:
    """From another port, which is the same site, and from another site."""
    email = sign_in_by_hand(tab, server, front)
    tab.goto(f"{elsewhere(stranger, host)}?api={server.url}")
    assert press(tab, "signout") == "not readable: Failed to fetch"
    with tab.expect_navigation():
        tab.click("#win")
    assert "This origin may not change anything here." in tab.content()
    desk(tab, server, front)
    assert email in press(tab, "whoami")  # still signed in: nothing came of it


@no_chromium
def test_the_docs_sign_in(tab: Any, server: Process, ada: Visitor) -> None:
    from playwright.sync_api import expect

    strangers: list[str] = []
    tab.on(
        "request",
        lambda r: None if r.url.startswith(server.url) else strangers.append(r.url),
    )
    tab.goto(f"{server.url}/gate/docs")
    tab.locator("button.authorize").first.click()
    form = tab.locator(".auth-container", has_text="OAuth2PasswordBearer")
    form.locator("input[type=text]").first.fill(ada.email)
    form.locator("input[type=password]").first.fill(PASSWORD)
    form.locator("button.authorize").click()
    expect(tab.get_by_text("Logout", exact=True)).to_be_visible(timeout=20_000)
    tab.locator(".modal-ux .close-modal").click()
    tab.goto(f"{server.url}/api-key-header/docs")
    tab.locator("button.authorize").first.click()
    expect(tab.locator(".modal-ux")).to_contain_text("X-Station-Key")
    assert [s for s in strangers if not s.startswith("data:")] == []


# --- the checklist, the documents, the pictures -----


def test_each_row_of_the_checklist_has_a_test_that_runs(
    request: pytest.FixtureRequest,
) -> None:
    here = Path(__file__).read_text(encoding="utf-8")
    in_this_run = set()
    for row in ROWS:
        name = f"test_{row.test}"
        made = globals().get(name)
        assert callable(made), f"{row.asvs} names {name}, which is not here"
        marks = [mark.name for mark in getattr(made, "pytestmark", [])]
        assert not {"skip", "xfail"} & {*marks}, f"{name} does not run"
        assert here.count(f"def {name}(") == 1
        # The gates run these after the rest, and say so.
        if "alone" not in marks or request.config.option.markexpr != "not alone":
            in_this_run.add(name)
    collected = {getattr(item, "originalname", "") for item in request.session.items}
    if len(collected) > 30:  # the whole file, not a choice of it
        assert in_this_run <= collected


def test_the_checklist_fits_a_page() -> None:
    assert len(ROWS) >= 16
    assert len({(row.asvs, row.rule) for row in ROWS}) == len(ROWS)
    assert all(len(row.asvs) + len(row.rule) + len(row.test) < 90 for row in ROWS)


def documented() -> list[str]:
    return sorted({*room.apps} - {"gate", "generic-error"})


@pytest.mark.parametrize("lesson", documented())
def test_lessons_keep_what_their_openapi_documents_promise(lesson: str) -> None:
    slow = lesson in ("timing-oracle", "hashing-place")  # on purpose: they hash
    assert breaches(room.apps[lesson], asked=2 if slow else 10) == []


def test_the_gate_keeps_what_its_document_promises(tmp_path: Path) -> None:
    settings = Settings(
        csrf_key=SecretStr("k" * 32),
        database_url=f"sqlite+aiosqlite:///{tmp_path}/gate.db",
        docs=True,
        address_attempts=100_000,
        argon2_kib=8,
        argon2_passes=1,
    )
    app = gate_app.create_app(settings)
    with TestClient(app) as client:
        account = {"email": "ada@reserve.example", "name": "A", "password": PASSWORD}
        assert client.post("/register", json=account).status_code == 201
        form = {"username": account["email"], "password": PASSWORD}
        token = client.post("/token", data=form).json()["access_token"]
        assert breaches(app, asked=8) == []
        assert breaches(app, headers=bearer(token), asked=12) == []


def test_every_lesson_is_listed_with_its_operations(api: httpx.Client) -> None:
    listed = api.get("/lessons").json()
    assert sorted(listed) == sorted(f"/{name}" for name in room.apps)
    assert listed["/cors-allowed"] == ["GET /species", "POST /notes"]
    assert api.get("/docs").status_code == 200
    assert api.get("/gate/docs").status_code == 200
    assert api.get("/gates/docs").status_code == 404


@pytest.mark.parametrize("name", pictures.STEPS)
def test_each_sequence_is_drawn(name: str, tmp_path: Path) -> None:
    figure = pictures.draw(name)
    words = [text.get_text() for text in figure.axes[0].texts]
    assert {step[2] for step in pictures.STEPS[name]} <= {*words}
    assert pictures.WORDS[name]
    figure.savefig(tmp_path / "picture.png")


# --- the exercises -----

ANSWERS = {
    "same": ("same_secret",),
    "tokens": ("issue", "read", "revoke"),
    "cors": ("app",),
    "owner": ("app",),
    "jwt": ("read_badge", "KEY"),
    "csrf": ("DoubleSubmit",),
}


def handed_in(path: Path, text: str = "") -> dict[str, Any]:
    answer: dict[str, Any] = {}
    source = text or path.read_text(encoding="utf-8")
    exec(compile(source, str(path), "exec"), answer)
    return answer


@pytest.fixture
def progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.delenv("COURSE_STRICT", raising=False)


@pytest.mark.usefixtures("progress")
@pytest.mark.parametrize(("stem", "wanted"), ANSWERS.items())
def test_a_solution_passes_twice(stem: str, wanted: tuple[str, ...]) -> None:
    answer = handed_in(SOLUTIONS / f"{stem}.py")
    for _ in range(2):
        result = check(f"ch07.{stem}", *(answer[name] for name in wanted))
        assert result.passed, result.message


OTHER_WAYS = {
    "by digests": """
from hashlib import sha256
def same_secret(shown, known):
    return sha256(shown.encode()).digest() == sha256(known.encode()).digest()
""",
    "by hand, to the end": """
def same_secret(shown, known):
    if len(shown) != len(known):
        return False
    differ = 0
    for one, other in zip(shown, known):
        differ |= ord(one) ^ ord(other)
    return differ == 0
""",
    "by place, to the end": """
def same_secret(shown, known):
    size = len(known)
    padded = shown.ljust(size)
    wrong = sum(known[place] != padded[place] for place in range(size))
    return wrong == 0 and len(shown) == size
""",
}


@pytest.mark.usefixtures("progress")
@pytest.mark.parametrize("way", OTHER_WAYS)
def test_secrets_may_be_compared_in_other_ways(way: str) -> None:
    answer = handed_in(Path("same.py"), OTHER_WAYS[way])
    result = check("ch07.same", answer["same_secret"])
    assert result.passed, result.message


@pytest.mark.usefixtures("progress")
@pytest.mark.parametrize(
    ("stem", "change", "said"),
    [
        ("same", ("compare_digest(shown.encode(), known.encode())", "1"), "`1`"),
        ("same", ("compare_digest(shown.encode(), known.encode())",
                  "shown.encode() == known.encode()"), "it uses `==`"),
        ("tokens", ("token_urlsafe(32)", "token_urlsafe(8)"), "11 characters"),
        # It begins with a letter: of digits alone it would be told as digits.
        ("tokens", ("token_urlsafe(32)", '"a" + token_urlsafe(32).encode().hex()[:23]'),
         "24 hexadecimal digits: 96 random bits"),
        ("tokens", ("token_urlsafe(32)", 'f"{hash(token_urlsafe(32)) % 10**30:030}"'),
         "30 digits: 99 random bits"),
        ("tokens", ("token_urlsafe(32)", '__import__("uuid").uuid4().hex'), "a UUID"),
        ("tokens", ("    return token\n", "    return 7\n"), "the token, a text"),
        ("tokens", ("rows.pop(digest(token), None)", "rows.clear()"), "Grace's token"),
        ("tokens", ('{"observer": observer, "end": end}',
                    '{"observer": observer, "end": end, "was": [token]}'), "in `rows`"),
        ("cors", ('allow_headers=["X-Station"]', "allow_headers=[]"), "one of ours"),
        ("cors", ('["GET", "POST", "DELETE"]', '["*"]'), "nobody asked for PUT"),
        ("cors", ('["X-Station"]', '["*"]'), "nobody asked for this header"),
        ("cors", ('["X-Station"]', '["X-Station", "Authorization"]'), "this header"),
        ("cors", ('"DELETE"]', '"DELETE", "PATCH"]'), "nobody asked for PATCH"),
        ("owner", ('sighting["species"] = new.species', "raise KeyError"), "KeyError"),
        ("owner", ('sighting["species"] = new.species', "pass"), "answered"),
        ("owner", ('sighting["species"] = new.species\n    return sighting',
                   "return sighting | new.model_dump()"), "the next `GET`"),
        ("owner", ('sighting["owner"] != me', 'sighting["owner"] == ""'), "Grace's"),
        ("jwt", ('str(claims["sub"])', '"grace"'), "what its `sub` says"),
        ("csrf", ('"session" in request.cookies and ', ""), "nothing to abuse"),
        ("csrf", ('scope["type"] == "http" and scope["method"]',
                  "Request(scope).method"), "`lifespan`"),
        ("csrf", ('        app = self.app\n        if scope["type"] == "http"',
                  '        app = self.app\n        if scope["type"] == "http":\n'
                  "            await Request(scope, receive).body()\n"
                  '        if scope["type"] == "http"'), "two otters"),
    ],
)  # fmt: skip
def test_other_mistakes_are_named(
    stem: str, change: tuple[str, str], said: str
) -> None:
    source = (SOLUTIONS / f"{stem}.py").read_text(encoding="utf-8")
    assert change[0] in source
    answer = handed_in(SOLUTIONS / f"{stem}.py", source.replace(*change))
    result = check(f"ch07.{stem}", *(answer[name] for name in ANSWERS[stem]))
    assert not result.passed
    assert said in result.message


@pytest.mark.usefixtures("progress")
def test_who_changes_anothers_and_says_404_is_caught() -> None:
    source = (SOLUTIONS / "owner.py").read_text(encoding="utf-8")
    find = "async def find_mine(number: int, me: Me) -> dict[str, Any]:\n"
    spoil = "    if number in SIGHTINGS: SIGHTINGS[number]['species'] = 'gone'\n"
    assert find in source
    answer = handed_in(SOLUTIONS / "owner.py", source.replace(find, find + spoil))
    assert "Grace read" in check("ch07.owner", answer["app"]).message


@pytest.mark.usefixtures("progress")
def test_stubs_are_told_apart_from_mistakes() -> None:
    from fastapi import FastAPI

    stub = FastAPI()

    @stub.post("/sightings")
    async def add() -> None:
        raise NotImplementedError

    assert "not yet" in check("ch07.owner", stub).message
    assert exercises.short(stub)


# --- the chapter as a program -----


def test_the_chapter_runs_as_a_program() -> None:
    """Where port 8007 is taken already, it is asked for and the log says so."""
    said = r"8007"
    command = ["python", "-m", "chapters.ch07_security"]
    with launch(command, name="chapter 7 as a program", ready=said) as process:
        assert process.lines(said)
