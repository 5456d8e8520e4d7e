"""Chapter 10: settings, servers, signals, probes, limits, and what is deployed."""

import asyncio
import importlib
import json
import os
import re
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import kubernetes_validate
import psutil
import psycopg
import pytest
import yaml
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url

from chapters.ch10_deployment import (
    direct,
    dockerfile,
    drawings,
    exercises,
    half_way,
    leaks,
    manifests,
    precedence,
    race,
    rolling,
    servers,
    slow_client,
    standings,
    stuck,
    tampered,
)
from chapters.ch10_deployment.app import apps
from chapters.ch10_deployment.review import review
from chapters.ch10_deployment.station import healthcheck, migrate, settings
from chapters.ch10_deployment.station.app import create_app
from chapters.ch10_deployment.station.settings import Settings
from chapters.ch10_deployment.visitors import Tally
from chapters.toolkit import launch, services
from chapters.toolkit.checks import Client
from chapters.toolkit.processes import LaunchError, Process, environment, free_ports
from tests import images
from tests.contracts import breaches

ROOT = Path(__file__).parents[2]
ROOM = "chapters.ch10_deployment"
PLACE = ROOT / "chapters" / "ch10_deployment"
DEPLOY = PLACE / "deploy"
MAIN = f"{ROOM}.station.main"
# What `services` has started: a second one of a kind would stop the first.
STARTED = importlib.import_module("chapters.toolkit.services")._started
KEY = "otter-and-heron-10"
PASSWORD = "kingfisher-at-dawn"
SEEN = {"species": "kestrel", "count": 2}
# Where .ci/run has installed what a bare laptop lacks: there nothing is skipped.
CI = "CI" in os.environ and os.geteuid() == 0 and shutil.which("apt-get") is not None
WAYS = tuple(servers.WAYS)


def answers(server: Process) -> httpx.Response:
    return httpx.get(f"{server.url}/openapi.json", timeout=5).raise_for_status()


def serve(
    way: str, module: str, *more: str, workers: int = 2, **options: Any
) -> Process:
    words = servers.command(way, module, *more, workers=workers)
    options = {"name": f"tests of chapter 10, {way}", "ready": answers} | options
    return launch(words, **options)


def tool(name: str) -> str:
    """A program of the system; without it the test is skipped, except in CI."""
    places = os.pathsep.join((os.environ["PATH"], "/usr/sbin", "/sbin"))
    found = shutil.which(name, path=places)
    if found is None:
        assert not CI, f"{name} is missing: .ci/run installs it"
        pytest.skip(f"{name} is not installed here; apt-get install {name}")
    return found


def python(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *words]
    known = {k: v for k, v in os.environ.items() if not k.startswith("STATION_")}
    return subprocess.run(
        command, cwd=ROOT, env=known | env, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with services("postgres") as running:
        yield running["postgres"].url


def own_database(server: str, name: str) -> str:
    plain = server.replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
        connection.execute(f"CREATE DATABASE {name}".encode())
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def database(postgres: str) -> str:
    return own_database(postgres, "station_tests")


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/station.db"
    return str(request.getfixturevalue("database"))


def variables(url: str, **more: str) -> dict[str, str]:
    known = {"STATION_ENVIRONMENT": "staging", "STATION_DATABASE_URL": url}
    return known | {"STATION_ADMIN_KEY": KEY} | more


def made(url: str, **more: Any) -> Settings:
    known: dict[str, Any] = {"environment": "staging", "database_url": url}
    return Settings(**(known | {"admin_key": KEY, "_env_file": None} | more))


# --- settings -----------------------------------------------------------------


def test_the_strongest_place_is_believed() -> None:
    assert [row["believed"] for row in precedence.table()] == list(precedence.PLACES)
    assert precedence.believed(("default", ".env file", "argument")) == "argument"


def test_a_password_in_a_str_shows_in_six_ways_and_a_secret_in_one() -> None:
    rows = leaks.table()
    assert [row["Careless"] for row in rows] == ["shows it"] * 6
    assert [row["Careful"] for row in rows] == ["–"] * 5 + ["shows it"]


def test_all_that_is_wrong_is_told_at_once_and_no_value_with_it() -> None:
    done = python(
        f"{ROOM}.station.settings",
        STATION_ENVIRONMENT="moon",
        STATION_DATABASE_URL=PASSWORD,
        STATION_LIMITS__SECONDS="-1",
        STATION_LIMITS__SECNDS="5",
        STATION_WARDEN_OF_ALL_THE_MARSHES="Ada",
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.splitlines() == [
        "The station cannot start:",
        "  STATION_ENVIRONMENT · Input should be 'local', 'staging' or 'production'",
        "  STATION_DATABASE_URL · Value error, this is no database URL",
        "  STATION_ADMIN_KEY is missing",
        "  STATION_LIMITS__SECONDS · Input should be greater than 0",
        "  STATION_LIMITS__SECNDS is unknown: STATION_LIMITS__SECONDS?",
        "  STATION_WARDEN_OF_ALL_THE_MARSHES is unknown",
        "Set it in the environment, in .env, or as a file in /run/secrets.",
    ]


def test_secrets_may_be_files_and_their_last_newline_is_none(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://station:{PASSWORD}@database/station"
    (tmp_path / "station_database_url").write_text(f"{url}\n")
    (tmp_path / "station_admin_key").write_text(f"{KEY}\n")
    known = {"STATION_SECRETS_DIR": str(tmp_path), "STATION_ENVIRONMENT": "local"}
    done = python(f"{ROOM}.station.settings", **known)
    assert done.returncode == 0, done.stderr
    assert PASSWORD not in done.stdout
    assert done.stdout.startswith("in order: Settings(environment='local'")
    settings.read_settings.cache_clear()
    with patch.dict(os.environ, known):
        assert settings.read_settings().database_url.get_secret_value() == url
        assert settings.read_settings() is settings.read_settings()
    settings.read_settings.cache_clear()


def test_the_example_of_a_dotenv_file_is_complete(tmp_path: Path) -> None:
    shutil.copy(DEPLOY / "env.example", tmp_path / ".env")
    done = subprocess.run(
        [sys.executable, "-m", f"{ROOM}.station.settings"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "seconds=10.0" in done.stdout


@pytest.mark.parametrize("way", ["uvicorn", "gunicorn asgi"])
def test_no_server_serves_without_settings(way: str) -> None:
    """uvicorn's manager ends with 0 all the same: systemd is to ask before."""
    (port,) = free_ports(1)
    words = [w.replace("{port}", str(port)) for w in servers.command(way, MAIN)]
    words[0] = str(Path(sysconfig.get_path("scripts"), words[0]))
    known = {k: v for k, v in os.environ.items() if not k.startswith("STATION_")}
    done = subprocess.run(
        words, cwd=ROOT, env=known, capture_output=True, text=True, timeout=60
    )
    assert "STATION_DATABASE_URL is missing" in done.stdout + done.stderr
    assert bool(done.returncode) is ("gunicorn" in way)


def test_one_uvicorn_process_says_so_in_its_exit_code() -> None:
    done = python("uvicorn", f"{MAIN}:app", "--port=0")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr


# --- packages -----------------------------------------------------------------


def test_the_roots_are_what_nothing_needs() -> None:
    from importlib.metadata import distributions

    names, count = direct.roots(distributions())
    assert "fastapi" in names
    assert not {"starlette", "sqlalchemy", "pydantic"} & set(names)
    assert len(names) < count / 2


@pytest.mark.parametrize("installer", tampered.INSTALLERS)
def test_a_changed_wheel_is_refused_where_hashes_are_asked_for(installer: str) -> None:
    assert tampered.story(installer) == {
        "as locked": "installed",
        "tampered": "refused: the hash",
        "no hash in the lock": "refused: the hash",
        "tampered, only pinned": "installed",
    }


def test_what_an_installer_says_else_is_shown(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("no-such-package==1.0\n")
    assert "no-such-package" in tampered.install("pip", tmp_path)


@pytest.mark.parametrize("module", ["direct", "leaks", "precedence", "tampered"])
def test_the_programs_run(module: str) -> None:
    done = python(f"{ROOM}.{module}")
    assert done.stdout and not done.returncode, done.stderr


def locked(path: Path) -> dict[str, set[str]]:
    text = path.read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if "==" in line]
    return {line.split()[0]: set(re.findall(r"sha256:\w+", line)) for line in lines}


def test_the_image_installs_what_the_course_has_tested() -> None:
    course = locked(ROOT / "requirements" / "course.lock")
    image = locked(DEPLOY / "requirements.lock")
    stale = {name for name, hashes in image.items() if course.get(name) != hashes}
    remedy = (
        "uv pip compile requirements.in -c ../../../requirements/course.lock -o "
        "requirements.lock --universal --generate-hashes --python-version 3.11 "
        "--no-header --no-annotate, in chapters/ch10_deployment/deploy"
    )
    assert not stale, remedy
    asked = (DEPLOY / "requirements.in").read_text().splitlines()[1:]
    names = {name.partition("==")[0].partition("[")[0] for name in image}
    assert {line.partition("[")[0] for line in asked} <= names


# --- processes and signals ----------------------------------------------------


@pytest.mark.parametrize("way", WAYS)
def test_two_processes_answer_and_end_when_told(way: str) -> None:
    with serve(way, f"{ROOM}.crew") as crew:
        processes: set[int] = set()
        while len(processes) < 2:
            processes.add(crew.get("/who").json()["process"])
        assert crew.get("/count?to=10").json() == 45
        assert crew.pid
        os.kill(crew.pid, signal.SIGTERM)
        assert crew.wait(30) == 0
        assert len(crew.lines("a worker is up")) == 2
        assert len(crew.lines("a worker is done")) == 2


@pytest.mark.parametrize("way", WAYS)
def test_sigterm_lets_a_request_finish(way: str) -> None:
    grace = ["--graceful-timeout=5"] if "gunicorn" in way else []
    with serve(way, f"{ROOM}.patient", *grace) as api, ThreadPoolExecutor(1) as visitor:
        asked = visitor.submit(api.get, "/count?seconds=1")
        api.until("the count begins")
        assert api.pid
        os.kill(api.pid, signal.SIGTERM)
        reply = asked.result()
        assert (reply.status_code, reply.json()) == (200, {"herons": 7})
        assert api.wait(30) == 0
        assert api.lines("the count ends")


def test_grace_ends() -> None:
    flag = "--timeout-graceful-shutdown=1"
    words = ["uvicorn", f"{ROOM}.patient:app", "--port={port}", flag]
    with (
        launch(words, name="short grace", ready=answers) as api,
        ThreadPoolExecutor(1) as visitor,
    ):
        asked = visitor.submit(api.get, "/count?seconds=60")
        api.until("the count begins")
        assert api.pid
        os.kill(api.pid, signal.SIGTERM)
        api.wait(30)
        assert api.lines("timeout graceful shutdown exceeded")
        assert asked.result().status_code == 500


def released(way: str, folder: Path, *more: str) -> Process:
    rolling.write_release(folder, "one")
    fresh = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(folder)}
    grace = ["--graceful-timeout=5"] if "gunicorn" in way else []
    return serve(way, "released", *grace, *more, env=fresh, cwd=folder)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.usefixtures("unmeasured")
def test_a_reload_of_new_code_loses_nothing(way: str, tmp_path: Path) -> None:
    with released(way, tmp_path) as crew:
        assert crew.port and crew.pid
        tally = asyncio.run(rolling.reload(crew.port, crew.pid, tmp_path, "two"))
    assert tally.lost.total() == 0, tally.lost
    assert tally.all("release") == ["one", "two"]
    released_by = {(one["process"], one["release"]) for one in tally.answers}
    assert len(released_by) == len(tally.all("process")) > 2
    assert len(tally.answers) > 150


@pytest.mark.usefixtures("unmeasured")
def test_a_restart_loses_what_comes_meanwhile(tmp_path: Path) -> None:
    crew = released("uvicorn", tmp_path)
    assert crew.port
    port = crew.port

    def stop_and_start() -> None:
        crew.stop()
        words = servers.command("uvicorn", "released")
        fresh = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(tmp_path)}
        launch(words, name="again", env=fresh, cwd=tmp_path, port=port)

    try:
        there = rolling.restart(port, tmp_path, "two", stop_and_start)
        tally = asyncio.run(there)
    finally:
        launch([sys.executable, "-c", "input()"], name="again").stop()
    assert tally.all("release") == ["one", "two"]
    assert tally.lost["no connection"] > 0


def test_a_preloading_manager_goes_on_with_the_old_code(tmp_path: Path) -> None:
    with released("gunicorn asgi", tmp_path, "--preload") as crew:
        assert crew.pid
        before = crew.get("/who").json()["process"]
        rolling.write_release(tmp_path, "two")
        os.kill(crew.pid, signal.SIGHUP)
        crew.until("a worker is done")
        while (after := crew.get("/who").json())["process"] == before:
            assert crew.running
        assert after["release"] == "one"


def test_a_release_that_cannot_start_leaves_the_old_one_alone(tmp_path: Path) -> None:
    with released("uvicorn", tmp_path) as crew:
        (tmp_path / "released.py").write_text("raise SystemExit(3)\n")
        assert crew.pid
        os.kill(crew.pid, signal.SIGHUP)
        crew.until("was not ready in time; keeping worker", 60)
        assert crew.get("/who").json()["release"] == "one"


def test_a_worker_that_hangs_is_killed_and_replaced() -> None:
    hanging = f"{ROOM}.stuck"
    with serve("gunicorn asgi", hanging, "--timeout=2", workers=1) as api:
        before = api.get("/who").json()
        with pytest.raises(httpx.RemoteProtocolError):
            api.get("/stuck")
        assert api.get("/who").json() != before
        assert api.lines("WORKER TIMEOUT")


@pytest.mark.parametrize("way", ["uvicorn", "gunicorn asgi"])
def test_a_taken_port_is_said_and_is_an_error(way: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        words = servers.command(way, f"{ROOM}.crew")
        words = [word.replace("{port}", str(port)) for word in words]
        with pytest.raises(LaunchError, match=r"in use"):
            launch(words, name="second", ready="never").wait(60)


# --- alive, ready, limits -----------------------------------------------------


def test_the_service_takes_gives_and_deletes(url: str) -> None:
    assert migrate.upgrade(url) == (None, "s2")
    with Client(create_app(made(url))) as client:
        assert client.get("/ready").json() == {"status": "ready"}
        number = client.post("/sightings", json=SEEN).json()["id"]
        told = SEEN | {"id": number, "observer": "unknown"}
        assert client.get("/sightings").json() == [told]
        where = f"/sightings/{number}"
        for key in ("", "ötter".encode(), KEY[:-1]):
            reply = client.delete(where, headers={"X-Admin-Key": key})
            assert reply.status_code == 401
        admin = {"X-Admin-Key": KEY}
        assert client.delete(where, headers=admin).status_code == 204
        assert client.delete(where, headers=admin).status_code == 404
        assert client.post("/sightings", json=SEEN | {"wings": 2}).status_code == 422
        assert client.post("/sightings", json={}).status_code == 422
        nul = SEEN | {"species": "kes\0trel"}
        assert client.post("/sightings", json=nul).status_code == 422


def test_it_keeps_its_contract(database: str) -> None:
    migrate.upgrade(database)
    app = create_app(made(database))
    with Client(app):
        assert breaches(app, headers={"X-Admin-Key": KEY}) == []


@pytest.mark.parametrize("name", ["behind", "bounded", "crew"])
def test_the_lessons_keep_theirs(name: str) -> None:
    if name == "bounded":
        with Client(apps[name]) as client:
            assert client.get("/openapi.json").status_code == 200
    else:
        assert breaches(apps[name]) == []


def test_production_shows_no_documents(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/station.db"
    with Client(create_app(made(url, environment="production"))) as client:
        for path in ("/docs", "/openapi.json", "/redoc"):
            assert client.get(path).status_code == 404
    with Client(create_app(made(url))) as client:
        assert client.get("/openapi.json").status_code == 200


def test_readiness_follows_a_database_that_goes_and_comes_back() -> None:
    """A PostgreSQL of its own, stopped and started under a running service."""
    with patch.dict(os.environ), patch.dict(STARTED, clear=True):
        os.environ.pop("DATABASE_URL", None)
        running = services("postgres")  # a second one, for this test alone
    try:
        database = running["postgres"]
        assert database.process and database.process.pid
        migrate.upgrade(database.url)
        limits = {"STATION_LIMITS__DATABASE_SECONDS": "1"}
        env = variables(database.url, **limits)
        words = ["uvicorn", f"{MAIN}:app", "--port={port}"]
        with launch(words, env=env, name="follower") as api:
            assert api.get("/ready").status_code == 200
            main = psutil.Process(database.process.pid)
            family = [main, *main.children(recursive=True)]
            for one in family:
                one.suspend()  # there, and silent
            try:
                assert api.get("/ready").status_code == 503
                assert api.get("/health").status_code == 200
            finally:
                for one in family:
                    one.resume()
            assert eventually(api, 200)
            running.stop()
            assert api.get("/ready").status_code == 503
            reply = api.post("/sightings", json=SEEN)
            assert (reply.status_code, reply.headers["Retry-After"]) == (503, "1")
            assert api.get("/health").json() == {"status": "alive"}
    finally:
        running.stop()


def eventually(api: Process, status: int, tries: int = 100) -> bool:
    return any(api.get("/ready").status_code == status for _ in range(tries))


def test_an_empty_and_a_newer_database_are_not_ready(url: str) -> None:
    with Client(create_app(made(url))) as client:
        reply = client.get("/ready")
        told = {"detail": "The database is at no version, and I need s2."}
        assert (reply.status_code, reply.json()) == (503, told)
        assert client.post("/sightings", json=SEEN).status_code == 500
    migrate.upgrade(url)
    with migrate.locked(url) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 's9'")
        connection.commit()
    with Client(create_app(made(url))) as client:
        assert "is at s9" in client.get("/ready").json()["detail"]


def test_the_start_is_logged_without_the_password(database: str) -> None:
    migrate.upgrade(database)
    words = ["uvicorn", f"{MAIN}:app", "--port={port}"]
    env = variables(database, STATION_RELEASE="7")
    with launch(words, env=env, name="logged") as api:
        (line,) = api.lines("starts as staging, release 7, on postgresql")
        assert ":***@" in line
        assert str(make_url(database).password) not in api.log(0)
        assert KEY not in api.log(0)
        assert api.pid
        os.kill(api.pid, signal.SIGTERM)
        assert api.wait(30) == 128 + signal.SIGTERM
        assert api.lines("the database is let go")


def test_bodies_and_times_are_limited() -> None:
    text = {"Content-Type": "text/plain"}
    words = ["uvicorn", f"{ROOM}.bounded:app", "--port={port}"]
    with launch(words, name="bounded", ready=answers) as api:
        assert api.port
        for sent, status in ((b"x" * 1_000, 200), (b"x" * 1_001, 413)):
            reply = api.post("/notes", content=sent, headers=text)
            assert reply.status_code == status
            parts = iter([sent[:600], sent[600:]])  # chunked: no length is told
            reply = api.post("/notes", content=parts, headers=text)
            assert reply.status_code == status
        assert api.get("/count?seconds=0").status_code == 200
        late = api.get("/count")
        assert (late.status_code, late.headers["Retry-After"]) == (503, "1")
        half = slow_client.WHOLE_HEAD + b"a heron, and"
        assert slow_client.unfinished(api.port, half) == "HTTP/1.1 408 Request Timeout"
        head = slow_client.unfinished(api.port, slow_client.HEAD, patience=1)
        assert head == "still waiting"
        done = python(f"{ROOM}.slow_client", str(api.port))
        assert done.stdout.splitlines()[1] == "HTTP/1.1 408 Request Timeout"


@pytest.mark.anyio
async def test_an_answer_that_has_begun_is_cut_and_an_inner_timeout_is_its_own() -> (
    None
):
    from chapters.ch10_deployment.station.time_limit import TimeLimit

    sent: list[Any] = []

    async def begun(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.sleep(60)

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        raise TimeoutError("of a library")

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    scope = {"type": "http", "headers": []}
    for app in (begun, inner):
        with pytest.raises(TimeoutError):
            await TimeLimit(app, 0.05)(scope, receive, send)
    assert len(sent) == 1
    with pytest.raises(TimeoutError):
        await TimeLimit(inner, 5)({"type": "lifespan"}, receive, send)


@pytest.mark.parametrize(
    ("flag", "visitor", "scheme"),
    [
        ("--no-proxy-headers", "127.0.0.1", "http"),
        ("--forwarded-allow-ips=192.0.2.1", "127.0.0.1", "http"),
        ("--forwarded-allow-ips=127.0.0.1", "203.0.113.7", "https"),
        ("--forwarded-allow-ips=127.0.0.1,203.0.113.0/24", "198.51.100.1", "https"),
        ("--forwarded-allow-ips=*", "198.51.100.1", "https"),
    ],
)
def test_who_is_trusted_decides_who_has_asked(
    flag: str, visitor: str, scheme: str
) -> None:
    words = ["uvicorn", f"{ROOM}.behind:app", "--port={port}", flag]
    header = {"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}
    header |= {"X-Forwarded-Proto": "https"}
    with launch(words, name="behind") as api:
        seen = api.get("/seen", headers=header).json()
    assert (seen["visitor"], seen["scheme"]) == (visitor, scheme)


# --- nginx --------------------------------------------------------------------


@pytest.fixture(scope="module")
def proxied(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Process, Process]]:
    """Our nginx.conf with other ports, run by nginx, and the lessons behind it."""
    nginx = tool("nginx")
    folder = tmp_path_factory.mktemp("nginx")
    folder.chmod(0o755)
    words = ["uvicorn", f"{ROOM}.app:app", "--port={port}", "--root-path=/reserve"]
    with launch(words, name="behind nginx", ready=answers) as api:
        (port,) = free_ports(1)
        conf = (DEPLOY / "nginx.conf").read_text()
        conf = conf.replace("station:8000", f"127.0.0.1:{api.port}")
        conf = conf.replace("listen 8080", f"listen 127.0.0.1:{port}")
        conf = re.sub(r"(client_\w+_timeout) 5s", r"\1 1s", conf)
        whole = f"pid {folder}/pid;\nerror_log stderr;\ndaemon off;\n"
        whole += f"events {{}}\nhttp {{\naccess_log off;\n{temporary(folder)}{conf}}}\n"
        (file := folder / "nginx.conf").write_text(whole)
        front = launch(
            [nginx, "-c", str(file), "-e", "stderr"],
            name="nginx",
            ready=lambda _: socket.create_connection(("127.0.0.1", port), 1).close(),
        )
        front.port = port
        with front:
            yield front, api


def temporary(folder: Path) -> str:
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)


def test_behind_nginx_a_forged_header_is_thrown_away(
    proxied: tuple[Process, Process],
) -> None:
    front, api = proxied
    forged = {"X-Forwarded-For": "198.51.100.1", "Forwarded": "for=198.51.100.1"}
    seen = front.get("/reserve/behind/seen", headers=forged).json()
    assert seen == {
        "visitor": "127.0.0.1",
        "scheme": "http",
        "root path": "/reserve/behind",
        "link to here": "/reserve/behind/seen",
    }
    # Past nginx the header is believed, for the connection comes from its address:
    # therefore the service listens on 127.0.0.1 only.
    past = api.get("/behind/seen", headers=forged).json()
    assert past["visitor"] == "198.51.100.1"


def test_nginx_refuses_before_a_worker_hears(proxied: tuple[Process, Process]) -> None:
    front, api = proxied
    assert front.port
    before = len(api.lines("HTTP/1.1"))
    large = front.post("/reserve/bounded/notes", content=b"x" * 65_537)
    assert large.status_code == 413
    head = slow_client.HEAD.replace(b"/notes", b"/reserve/bounded/notes")
    body = slow_client.WHOLE_HEAD.replace(b"/notes", b"/reserve/bounded/notes")
    assert slow_client.unfinished(front.port, head) in (
        "closed",
        "HTTP/1.1 408 Request Time-out",
    )
    slow = slow_client.unfinished(front.port, body + b"a heron,")
    assert slow in ("closed", "HTTP/1.1 408 Request Time-out")
    for path in ("/reserve/ready", "/reserve/health", "/elsewhere"):
        assert front.get(path).status_code == 404
    assert len(api.lines("HTTP/1.1")) == before


def test_nginx_slows_down_who_asks_too_often(proxied: tuple[Process, Process]) -> None:
    front, _ = proxied
    with ThreadPoolExecutor(8) as pool, httpx.Client(base_url=front.url) as client:
        asked = [pool.submit(client.get, "/reserve/crew/who") for _ in range(250)]
        found = {one.result().status_code for one in asked}
    assert found == {200, 429}


@pytest.mark.usefixtures("unmeasured")
def test_a_reload_behind_nginx_loses_nothing(tmp_path: Path) -> None:
    """uvicorn closes kept connections when it goes; nginx asks again for a GET."""
    nginx = tool("nginx")
    with released("uvicorn", tmp_path) as crew:
        (port,) = free_ports(1)
        conf = (DEPLOY / "nginx.conf").read_text()
        conf = conf.replace("station:8000", f"127.0.0.1:{crew.port}")
        conf = conf.replace("listen 8080", f"listen 127.0.0.1:{port}")
        conf = re.sub(r"limit_req.*", "", conf).replace("/reserve/ {", "/ {")
        whole = f"pid {tmp_path}/pid;\nerror_log stderr;\ndaemon off;\nevents {{}}\n"
        whole += f"http {{\naccess_log off;\n{temporary(tmp_path)}{conf}}}\n"
        (file := tmp_path / "nginx.conf").write_text(whole)
        with launch(
            [nginx, "-c", str(file), "-e", "stderr"],
            name="nginx before a crew",
            ready=lambda _: socket.create_connection(("127.0.0.1", port), 1).close(),
        ):
            assert crew.pid
            tally = asyncio.run(rolling.reload(port, crew.pid, tmp_path, "two"))
    assert tally.lost.total() == 0, tally.lost
    assert tally.all("release") == ["one", "two"]


# --- migrations ---------------------------------------------------------------


def test_the_job_runs_once_and_then_has_nothing_to_do(url: str) -> None:
    env = variables(url)
    said = [python(f"{ROOM}.station.migrate", *w, **env) for w in ([], [], ["check"])]
    assert [one.returncode for one in said] == [0, 0, 0], said
    assert said[0].stdout == "migrated from nothing to s2\n"
    assert said[1].stdout == "nothing to do at s2\n"
    assert "No new upgrade operations" in said[2].stdout
    back = python(f"{ROOM}.station.migrate", "downgrade", "base", **env)
    assert back.returncode == 0, back.stderr
    assert migrate.upgrade(url) == (None, "s2")


def test_two_jobs_at_once_do_not_meet(database: str) -> None:
    with ThreadPoolExecutor(3) as pool:
        jobs = [
            pool.submit(python, f"{ROOM}.station.migrate", **variables(database))
            for _ in range(3)
        ]
        said = sorted(one.result().stdout.strip() for one in jobs)
    assert said == ["migrated from nothing to s2", *["nothing to do at s2"] * 2]


def test_the_job_waits_for_a_database_and_not_for_ever() -> None:
    engine = migrate.create_engine("postgresql+psycopg://x:y@127.0.0.1:9/z")
    with pytest.raises(migrate.OperationalError):
        migrate.waited_for(engine, 0.3)


def test_half_a_migration_is_undone_by_postgresql_and_kept_by_sqlite(
    url: str, tmp_path: Path
) -> None:
    (tmp_path / "none").mkdir()
    migrate.upgrade(url)
    found = half_way.left_behind(url)
    assert found["version"] == "s2"
    if "sqlite" in url:
        assert found["the column"] == "added, and still there"
        assert found["the second time"] == "duplicate column name: note"
    else:
        assert found["the column"] == "not there"
        assert found["the second time"] == found["the first time"]
    with patch.object(half_way, "BROKEN", tmp_path / "none"):
        assert half_way.attempt(url) == "no error"


def test_the_old_release_still_writes_into_the_new_tables(database: str) -> None:
    migrate.upgrade(database)
    with psycopg.connect(database.replace("+psycopg", "")) as connection:
        old = "INSERT INTO sightings (species, count, seen_at) VALUES ('owl', 1, now())"
        connection.execute(old)
        (row,) = connection.execute("SELECT observer FROM sightings").fetchall()
    assert row == ("unknown",)


# --- functions, health check, main --------------------------------------------


def test_an_event_of_a_gateway_is_answered(database: str) -> None:
    migrate.upgrade(database)
    event = json.loads((DEPLOY / "event.json").read_text())
    listing = json.loads(json.dumps(event)) | {"body": "", "isBase64Encoded": False}
    listing["requestContext"]["http"]["method"] = "GET"
    listing["headers"].pop("content-length")
    settings.read_settings.cache_clear()
    with patch.dict(os.environ, variables(database)), ThreadPoolExecutor(1) as thread:
        from chapters.ch10_deployment.station import serverless

        said = [
            thread.submit(serverless.handler, one, None).result()
            for one in (event, event, listing)
        ]
    settings.read_settings.cache_clear()
    assert [one["statusCode"] for one in said] == [201, 201, 200]
    assert [row["id"] for row in json.loads(said[2]["body"])] == [1, 2]


def test_the_health_check_tells_alive_from_dead(postgres: str) -> None:
    words = ["uvicorn", f"{MAIN}:app", "--port={port}"]
    with launch(words, env=variables(postgres), name="alive") as api:
        assert api.port and healthcheck.alive(api.port)
        done = python(f"{ROOM}.station.healthcheck", str(api.port))
        assert done.returncode == 0
        assert python(f"{ROOM}.station.healthcheck", "9").returncode == 1
        assert not healthcheck.alive(9)


def test_the_package_migrates_and_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/station.db"
    for name, value in variables(url).items():
        monkeypatch.setenv(name, value)
    settings.read_settings.cache_clear()
    served: list[Any] = []
    monkeypatch.setattr("uvicorn.run", lambda *words, **more: served.append(words))
    runpy.run_module(ROOM, run_name="__main__")
    settings.read_settings.cache_clear()
    assert served == [(f"{MAIN}:app",)]
    assert capsys.readouterr().out == "migrated from nothing to s2\n"


def test_the_lessons_are_listed() -> None:
    with launch(ROOM, name="lessons of chapter 10") as api:
        assert api.get("/lessons").json() == [f"/{name}" for name in apps]
        assert api.get("/behind/seen").json()["link to here"] == "/behind/seen"


# --- what is deployed ---------------------------------------------------------


def test_our_dockerfile_breaks_no_rule_and_the_naive_one_ten() -> None:
    assert review((DEPLOY / "Dockerfile").read_text()) == []
    found = review((DEPLOY / "Dockerfile.naive").read_text())
    assert len({one.rule for one in found}) == 9
    done = python(f"{ROOM}.review", str(DEPLOY / "Dockerfile.naive"))
    assert len(done.stdout.splitlines()) == len(found) == 10


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("FROM python:latest", "pinned"),
        ("FROM registry:5000/python", "pinned"),
        ("FROM python@sha256:ab", ""),
        ('CMD ["sh", "-c", "uvicorn app"]', "exec form"),
        ('CMD ["sh", "-c", "exec uvicorn app"]', ""),
        ("CMD []", "exec form"),
        ('ENTRYPOINT uvicorn app\nCMD ["--port=8000"]', "exec form"),
        ("USER root:root", "not root"),
        ("HEALTHCHECK NONE", "healthcheck"),
        ("HEALTHCHECK", "healthcheck"),
        ("ADD . /srv", "no secrets"),
        ("COPY .env /srv/.env", "no secrets"),
        ("ARG API_TOKEN=abc", "no secrets"),
        ("ARG API_TOKEN", ""),
        ("ENV API_TOKEN abc", "no secrets"),
        ('COPY [".", "/srv"]', "no secrets"),
        ("COPY * /srv/", "no secrets"),
        ("RUN apt-get update && apt-get install -y curl", "no leavings"),
        ("RUN uv pip install --no-cache x", "hashes"),
    ],
)
def test_the_review_sees_single_lines(line: str, rule: str) -> None:
    good = (DEPLOY / "Dockerfile").read_text()
    changed = line if line.startswith("FROM") else f"FROM python:3.13-slim\n{line}"
    before = {one.rule for one in review(f"{good}\nFROM python:3.13-slim")}
    found = {one.rule for one in review(f"{good}\n{changed}")}
    assert (
        (rule in found - before)
        or (not rule and found <= before)
        or rule in ({"exec form", "not root", "healthcheck"} & found)
    )


LAST = """
FROM python:3.13-slim
COPY --from=0 /v /v
COPY ["station", "/srv/station/"]
USER nobody
HEALTHCHECK CMD ["/v/bin/python", "-m", "station.healthcheck", "8000"]
ENTRYPOINT ["/v/bin/uvicorn"]
CMD ["station.main:app"] \\"""
UNUSUAL = {
    "heredoc": """COPY requirements.lock .
RUN <<EOF
python -m venv /v
/v/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
EOF""",
    "said once": """ENV PIP_NO_CACHE_DIR=1 PIP_REQUIRE_HASHES=1
COPY ["requirements.lock", "./"]
RUN python -m venv /v && /v/bin/pip install -r requirements.lock""",
    "uv, and nothing copied": """COPY --from=ghcr.io/astral-sh/uv:0.9.0 /uv /bin/
RUN --mount=type=cache,target=/root/.cache/uv \\
    # the lock is only looked at
    --mount=type=bind,source=requirements.lock,target=/l.lock \\
    uv venv /v && uv pip sync --python=/v/bin/python --require-hashes /l.lock""",
}


@pytest.mark.parametrize("way", UNUSUAL)
def test_an_unusual_dockerfile_is_right_as_well(way: str) -> None:
    exercises.dockerfile(f"FROM python:3.13-slim AS build\n{UNUSUAL[way]}{LAST}")


def test_settings_may_name_each_variable_by_itself() -> None:
    class Named(BaseSettings):
        model_config = SettingsConfigDict(extra="ignore", hide_input_in_errors=True)

        warden: str = Field(validation_alias="HIDE_WARDEN")
        password: SecretStr = Field(validation_alias="HIDE_PASSWORD")
        visitors: int = Field(20, ge=1, validation_alias="HIDE_VISITORS")

    exercises.settings(Named)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "no FROM"), ("RUN x", "before any"), ("FROM", "names no image")],
)
def test_what_is_no_dockerfile_is_said(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        dockerfile.parse(text)


def test_hadolint_has_nothing_to_say() -> None:
    lint = [str(Path(sysconfig.get_path("scripts"), "hadolint")), "--no-color"]
    done = subprocess.run(
        [*lint, str(DEPLOY / "Dockerfile")], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "")
    naive = subprocess.run(
        [*lint, str(DEPLOY / "Dockerfile.naive")], capture_output=True, text=True
    )
    assert naive.returncode == 1 and "DL3006" in naive.stdout


def test_compose_is_valid(tmp_path: Path) -> None:
    command = ["check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = python(*command, str(DEPLOY / "compose.yml"))
    assert done.returncode == 0, done.stdout
    wrong = (DEPLOY / "compose.yml").read_text().replace("read_only:", "reed_only:")
    (tmp_path / "compose.yml").write_text(wrong)
    assert python(*command, str(tmp_path / "compose.yml")).returncode == 1


def test_docker_itself_reads_the_compose_file() -> None:
    if not (words := composer()):
        assert not CI, "docker compose is missing: .ci/tools fetches it"
        pytest.skip("docker compose is not installed here: only the schema was checked")
    file = ["-f", str(DEPLOY / "compose.yml"), "config", "--format=json"]
    done = subprocess.run([*words, *file], capture_output=True, text=True, check=True)
    read = json.loads(done.stdout)["services"]
    waits = {name: one.get("depends_on", {}) for name, one in read.items()}
    assert waits["station"]["migrate"]["condition"] == "service_completed_successfully"
    assert waits["migrate"]["database"]["condition"] == "service_healthy"
    assert read["station"]["environment"]["STATION_ENVIRONMENT"] == "production"


def composer() -> list[str]:
    """Docker's reader of compose files, which needs no engine, if it is here."""
    docker = shutil.which("docker")
    if (
        docker
        and not subprocess.run([docker, "compose", "version"], **QUIET).returncode
    ):
        return [docker, "compose"]
    fetched = (ROOT / "build").glob("tools/usr/**/docker-compose")
    return [str(one) for one in fetched if os.access(one, os.X_OK) and one.is_file()][
        :1
    ]


QUIET: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def test_the_manifests_fit_the_schemas_of_kubernetes() -> None:
    kinds = []
    for one in manifests.documents():
        kubernetes_validate.validate(one, "1.37", strict=True)
        kinds.append(one["kind"])
    assert kinds == ["ConfigMap", "Job", "Deployment", "Service", "PodDisruptionBudget"]
    one["spec"]["minAvailible"] = 2
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(one, "1.37", strict=True)


def test_what_is_deployed_fits_the_code() -> None:
    assert manifests.unknown() == set()
    assert "STATION_DATABASE_URL" in manifests.variables()
    done = python(f"{ROOM}.manifests")
    assert done.stdout.splitlines()[-1] == "unknown: none"
    app = create_app(made("sqlite+aiosqlite://"))
    paths = set(app.openapi()["paths"])
    image = dockerfile.parse((DEPLOY / "Dockerfile").read_text())[-1]
    (user,) = (step.rest for step in image.all("USER"))
    for kind, pod in manifests.pods():
        (box,) = pod["containers"]
        probes = [box[name] for name in box if name.endswith("Probe")]
        assert {probe["httpGet"]["path"] for probe in probes} <= paths
        assert user == f"{pod['securityContext']['runAsUser']}:10001"
        assert len(probes) == (3 if kind == "Deployment" else 0)


def test_grace_is_shorter_than_patience() -> None:
    """uvicorn's own grace ends before whoever stops it kills it."""
    image = dockerfile.parse((DEPLOY / "Dockerfile").read_text())[-1]
    (cmd,) = image.all("CMD")
    own = int(re.findall(r"graceful-shutdown=(\d+)", cmd.rest)[0])
    pod = next(pod for kind, pod in manifests.pods() if kind == "Deployment")
    before = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert own + before < pod["terminationGracePeriodSeconds"]
    compose = yaml.safe_load((DEPLOY / "compose.yml").read_text())
    station = compose["services"]["station"]
    assert own < int(station["stop_grace_period"].rstrip("s"))
    unit = (DEPLOY / "station.service").read_text()
    assert own < int(re.findall(r"TimeoutStopSec=(\d+)", unit)[0])


def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    verify = tool("systemd-analyze")
    for name in ("station.service", "station-migrate.service"):
        text = (DEPLOY / name).read_text()
        scripts = sysconfig.get_path("scripts")
        (tmp_path / name).write_text(text.replace("/opt/station/bin", scripts))
    words = [verify, "verify", "--man=no", str(tmp_path / "station.service")]
    done = subprocess.run(words, capture_output=True, text=True)
    ours = [line for line in done.stderr.splitlines() if "station" in line]
    assert (done.returncode, ours) == (0, [])


def test_gunicorn_accepts_its_settings(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            *(str(Path(sysconfig.get_path("scripts"), "gunicorn")), "--check-config"),
            *("-c", str(DEPLOY / "gunicorn.conf.py"), f"{ROOM}.crew:app"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    conf = runpy.run_path(str(DEPLOY / "gunicorn.conf.py"))
    assert conf["graceful_timeout"] < 30 and conf["control_socket_disable"]


def test_the_dockerfile_is_built_and_what_it_made_is_run(
    database: str, tmp_path: Path
) -> None:
    """By buildah, on a base of this machine's own packages, without an engine."""
    buildah = tool("buildah")
    if os.geteuid():
        pytest.skip("buildah's chroot isolation needs root here")
    shelf = tmp_path / "wheels"
    version = f"--python-version={images.debian_python()}"
    download = ["pip", "download", "--quiet", "--require-hashes", version]
    where = [f"--dest={shelf}", f"--requirement={DEPLOY / 'requirements.lock'}"]
    done = python(*download, "--only-binary=:all:", *where)
    assert done.returncode == 0, done.stderr
    conf = tmp_path / "pip.conf"
    conf.write_text("[global]\nno-index = true\nfind-links = /wheels\n")
    with images.builder(buildah, tmp_path / "images") as build:
        build(
            *("bud", "--isolation=chroot", "--pull-never", "--format=docker"),
            *(f"--build-arg=BASE={build.base()}", f"--file={DEPLOY / 'Dockerfile'}"),
            *(f"--volume={shelf}:/wheels:ro", f"--volume={conf}:/etc/pip.conf:ro"),
            *("--tag=station:1", str(PLACE)),
        )
        box = build("from", "--pull-never", "station:1")
        found = build(*inside(box), "sh", "-c", LOOK).splitlines()
        assert found == ["10001", "not mine to write", "station"]
        for name, value in variables(database).items():
            build("config", f"--env={name}={value}", box)
        migrated = build(*inside(box), "python", "-m", "station.migrate")
        assert migrated == "migrated from nothing to s2"
        runs_as_it_says(build, box)


LOOK = """
id -u
touch /srv/x 2>/dev/null || echo not mine to write
ls /srv
ls -d /opt/station/bin/pip* /root/.cache /opt/pip /build 2>/dev/null || true
"""


def inside(box: str) -> list[str]:
    return ["run", "--isolation=chroot", box, "--"]


def runs_as_it_says(build: images.Builder, box: str) -> None:
    """The image's own command, on a free port; asked from here and by its check."""
    (cmd,) = dockerfile.parse((DEPLOY / "Dockerfile").read_text())[-1].all("CMD")
    words = [re.sub("--port=.*", "--port={port}", one) for one in cmd.exec_form or ()]
    words = [one.replace("0.0.0.0", "127.0.0.1") for one in words]
    with launch([*build.words, *inside(box), *words], name="in a box") as api:
        assert api.post("/sightings", json=SEEN).status_code == 201
        assert "server" not in api.get("/ready").headers
        probe = ["python", "-m", "station.healthcheck", str(api.port)]
        assert build(*inside(box), *probe) == ""


def test_nothing_is_ignored_into_the_image() -> None:
    lines = (PLACE / ".dockerignore").read_text().splitlines()
    assert lines[1:] == ["*", "!station", "!deploy/requirements.lock", "**/__pycache__"]


# --- the race, which meets its bars in the notebook --------------------------------


def test_the_race_prints_its_table() -> None:
    lines = python(f"{ROOM}.starting", "1", "5").stdout.splitlines()
    assert [line.partition(" · ")[0] for line in lines[:-1]] == list(race.FIELD)
    assert "missed" in json.loads(lines[-1])


def test_a_claim_that_does_not_hold_is_named() -> None:
    laps = {name: [standings.Lap(10, 1, 5, 0)] for name in race.FIELD}
    told = ["a ping waits for one worker as for two, times 3: 1.00"]
    assert standings.missed(laps) == told
    for axes in drawings.standings(laps).axes:
        assert len(axes.patches) == len(race.FIELD)


def test_the_race_is_over_when_its_claims_have_been_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One worker lets a ping wait in the second round only."""
    waits = iter([1.0] * len(race.FIELD) + [1.0, 1, 1, 1, 9])  # it comes last then

    def lap(port: int, pid: int, answers: int) -> standings.Lap:
        return standings.Lap(10, 1, next(waits), 0)

    monkeypatch.setattr(race, "lap", lap)
    laps = race.rounds(dict.fromkeys(race.FIELD, (0, 0)), 4)
    assert {len(seen) for seen in laps.values()} == {2}


def test_the_pictures_are_drawn() -> None:
    for draw in (drawings.path_of_a_request, drawings.layers):
        assert draw().axes[0].patches


# --- visitors -----------------------------------------------------------------


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (b"", "no answer"),
        (b"HTTP/1.1 500 Oh\r\n\r\n", "HTTP/1.1 500"),
        (None, "no answer"),
    ],
)
async def test_every_loss_is_counted(reply: bytes | None, reason: str) -> None:
    from chapters.ch10_deployment.visitors import AGAIN, ask

    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if reply is None:
            linger = b"\1\0\0\0\0\0\0\0"  # close with a reset
            sock = writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()
        else:
            writer.write(reply)
        writer.close()

    tally = Tally()
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        await ask(server.sockets[0].getsockname()[1], "/who", tally)
    assert tally.lost == {reason: 1}
    assert tally.again == (len(AGAIN) if reason == "no answer" else 0)


def test_what_a_visit_raises_is_raised_here() -> None:
    def visit() -> None:
        raise KeyError("heron")

    with pytest.raises(KeyError, match="heron"):
        exercises.limited(visit)


def test_nobody_answers_for_a_release() -> None:
    [port] = free_ports(1)
    assert rolling.release_at(port) == ""


def test_the_loop_stands_still_until_the_event(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the other tests its process is killed there, and what ran is not told."""
    event = threading.Event()
    event.set()
    monkeypatch.setattr(stuck.threading, "Event", lambda: event)
    asyncio.run(stuck.stuck())
    assert capsys.readouterr().out == "stuck\n"
