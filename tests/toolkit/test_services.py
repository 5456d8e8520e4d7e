"""Four real servers from their wheels: up together, used, gone without a trace."""

import importlib.metadata
import io
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pymongo
import pytest
import redis
from minio import Minio

from chapters.toolkit import processes
from chapters.toolkit.services import (
    KINDS,
    Kind,
    Recipe,
    ServiceError,
    describe,
    services,
)

services_module = sys.modules["chapters.toolkit.services"]
VARIABLES = [variable for kind in KINDS.values() for variable in kind.variables]
FOREVER = "import threading; threading.Event().wait()"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    yield
    processes.stop_all(services_module._started.values())
    services_module._started.clear()


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where this test's services keep their data; PostgreSQL's user may enter."""
    with tempfile.TemporaryDirectory() as folder:
        (rooms := Path(folder)).chmod(0o711)
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield rooms


def pretend(monkeypatch: pytest.MonkeyPatch, name: str, code: str, **more: Any) -> None:
    """Replace a server by a Python program that knows its port as `{port}`."""

    def recipe(folder: Path) -> Recipe:
        (port,) = services_module.free_ports(1)
        command = ["python", "-S", "-c", code.replace("{port}", str(port))]
        url = {KINDS[name].variables[0]: f"x://127.0.0.1:{port}"}
        # At the start of a line: since 3.13 a traceback quotes the `-c` program.
        return Recipe([command], url, **({"ready": r"(?m)^up"} | more))

    old = KINDS[name]
    kind = Kind(old.title, old.wheel, old.licence, old.variables, recipe, old.note)
    monkeypatch.setitem(KINDS, name, kind)


def use_redis(environment: dict[str, str]) -> None:
    with redis.Redis.from_url(environment["REDIS_URL"]) as client:
        client.set("HP1", "kestrel")
        assert client.get("HP1") == b"kestrel"


def use_mongodb(environment: dict[str, str]) -> None:
    with pymongo.MongoClient[dict[str, Any]](environment["MONGODB_URL"]) as client:
        client.observatory.sightings.insert_one({"species": "otter", "count": 2})
        found = client.observatory.sightings.find_one({"count": {"$gt": 1}})
        assert found and found["species"] == "otter"


def use_postgres(environment: dict[str, str]) -> None:
    url = environment["DATABASE_URL"].replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        connection.execute("create table station (code text)")
        connection.execute("insert into station values ('SM3')")
        assert connection.execute("select code from station").fetchone() == ("SM3",)


def use_s3(environment: dict[str, str]) -> None:
    client = Minio(
        endpoint=environment["S3_ENDPOINT"].removeprefix("http://"),
        access_key=environment["S3_ACCESS_KEY"],
        secret_key=environment["S3_SECRET_KEY"],
        secure=False,
    )
    client.make_bucket(bucket_name="photos")
    client.put_object(
        bucket_name="photos", object_name="heron", data=io.BytesIO(b"grey"), length=4
    )
    with client.get_object(bucket_name="photos", object_name="heron") as reply:
        assert reply.read() == b"grey"


def test_all_four_come_up_in_one_call_and_leave_no_trace(rooms: Path) -> None:
    with services("redis", "mongodb", "postgres", "s3") as all_four:
        assert all(service.embedded for service in all_four.values())
        assert repr(all_four) == "<Services redis, mongodb, postgres, s3>"
        assert len(all_four) == 4
        assert sorted(all_four.environment) == sorted(VARIABLES)
        assert all_four["postgres"].url.startswith("postgresql+psycopg://")
        for use in (use_redis, use_mongodb, use_postgres, use_s3):
            use(all_four.environment)
        rights = {room.stat().st_mode & 0o777 for room in rooms.glob("*/data")}
        assert rights == {0o700}
        pids = [one.process.pid for one in all_four.values() if one.process]
        assert len(pids) == 4
    assert not any(psutil.pid_exists(pid) for pid in pids if pid)
    assert list(rooms.iterdir()) == []


def test_starting_again_replaces_the_server(rooms: Path) -> None:
    first, again = services("redis"), services("redis")
    use_redis(again.environment)
    assert repr(again["redis"]) == "<Service redis: Valkey, embedded>"
    with pytest.raises(ServiceError, match=r"redis \(Valkey\) has stopped"):
        _ = first["redis"]
    assert len(list(rooms.iterdir())) == 1


def test_the_mongodb_page_can_say_what_it_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pretend(monkeypatch, "mongodb", f"print('up'); {FOREVER}")
    service = services("mongodb")["mongodb"]
    assert service.note.startswith("SecantusDB is not MongoDB:")


def test_a_url_in_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with services("redis", "s3") as theirs:
        for variable, value in theirs.environment.items():
            monkeypatch.setenv(variable, value)
        bare = theirs.environment["S3_ENDPOINT"].removeprefix("http://")
        monkeypatch.setenv("S3_ENDPOINT", bare)
        monkeypatch.setenv("S3_BUCKET", "")
        monkeypatch.setenv("MONGODB_URL", "mongodb://a:1,b:2/?replicaSet=rs0")
        monkeypatch.setenv("DATABASE_URL", "sqlite+aiosqlite:///observatory.db")
        given = services("redis", "s3", "mongodb", "postgres")
        assert given["redis"].url == theirs.environment["REDIS_URL"]
        assert repr(given["redis"]) == "<Service redis: Valkey, from the environment>"
        assert given["redis"].log() == given["redis"].note == ""
        assert given.environment["S3_ENDPOINT"] == bare
        assert "S3_BUCKET" not in given.environment
        assert given["mongodb"].url.startswith("mongodb://a:1")
        given.stop()


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("redis", "redis://127.0.0.1:{port}"),
        ("mongodb", "mongodb://127.0.0.1:{port}"),
        ("postgres", "postgresql://127.0.0.1:{port}/observatory"),
        ("s3", "http://127.0.0.1:{port}"),
    ],
)
def test_a_server_that_is_another_one_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, url: str
) -> None:
    monkeypatch.setattr("chapters.toolkit.reach.PATIENCE", 1.0)
    code = "import socket\ns = socket.create_server(('127.0.0.1', {port}))\n"
    code += "print('up')\nwhile True: (c := s.accept()[0]).sendall(b'?'), c.close()"
    pretend(monkeypatch, "redis", code)
    port = services("redis")["redis"].process.port  # type: ignore[union-attr]
    monkeypatch.setenv(KINDS[name].variables[0], url.format(port=port))
    said = rf"^{name}: the server at 127.0.0.1:{port} answers, but not as it should"
    with pytest.raises(ServiceError, match=said):
        services(name)


def test_what_a_server_says_beside_a_refusal_is_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Codes that no refusal has: MongoDB's 8000, S3's SlowDown."""
    import minio.error
    import pymongo.errors

    def busy(*words: object, **more: object) -> None:
        raise pymongo.errors.OperationFailure("too many ponds", 8000)

    def slow(*words: object, **more: object) -> None:
        given = {"response": None, "code": "SlowDown", "message": "too many ponds"}
        rest = {"resource": None, "request_id": None, "host_id": None}
        raise minio.error.S3Error(**given, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(pymongo.database.Database, "list_collection_names", busy)
    monkeypatch.setattr(Minio, "list_buckets", slow)
    with socket.create_server(("127.0.0.1", 0)) as theirs:
        port = theirs.getsockname()[1]
        monkeypatch.setenv("MONGODB_URL", f"mongodb://127.0.0.1:{port}")
        monkeypatch.setenv("S3_ENDPOINT", f"http://127.0.0.1:{port}")
        for name in ("mongodb", "s3"):
            with pytest.raises(ServiceError, match=r"not as it should.*many ponds"):
                services(name)


def test_another_database_s_url_is_not_asked_as_postgresql(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as theirs:
        port = theirs.getsockname()[1]
        monkeypatch.setenv("DATABASE_URL", f"mysql://127.0.0.1:{port}/observatory")
        assert not services("postgres")["postgres"].embedded


def test_a_url_at_which_nothing_answers_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (port,) = processes.free_ports(1)
    monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{port}")
    with pytest.raises(ServiceError, match="redis: REDIS_URL is set, but nothing"):
        services("redis")


def test_an_unknown_service_is_named() -> None:
    with pytest.raises(ServiceError, match="No service 'mysql'; there are redis, mong"):
        services("redis", "mysql")


def test_a_crash_at_the_start_is_named_and_the_others_stop(
    monkeypatch: pytest.MonkeyPatch, rooms: Path
) -> None:
    pretend(monkeypatch, "redis", f"print('up'); {FOREVER}")
    pretend(monkeypatch, "mongodb", "raise OSError('no space left')")
    with pytest.raises(ServiceError) as caught:
        services("redis", "mongodb")
    first, *log = str(caught.value).splitlines()
    assert first == "mongodb (SecantusDB) did not start: OSError: no space left"
    assert log[-1] == "OSError: no space left"
    assert not services_module._started["redis"].running
    assert list(rooms.iterdir()) == []


def test_a_service_that_hangs_meets_the_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pretend(monkeypatch, "redis", FOREVER)
    with pytest.raises(
        ServiceError, match=r"redis \(Valkey\) did not answer within 1 s"
    ):
        services("redis", deadline=1)


def test_a_later_crash_is_named_and_the_others_stop(
    monkeypatch: pytest.MonkeyPatch, rooms: Path
) -> None:
    pretend(monkeypatch, "redis", f"print('up'); {FOREVER}")
    pretend(monkeypatch, "s3", f"print('up: my last words'); {FOREVER}")
    both = services("redis", "s3")
    victim = both["s3"].process
    assert victim and victim.pid
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait(5)
    with pytest.raises(ServiceError) as caught:
        _ = both.environment
    assert str(caught.value).startswith("s3 (SeaweedFS) has stopped; run the cell")
    assert str(caught.value).endswith("up: my last words")
    assert not services_module._started["redis"].running
    assert list(rooms.iterdir()) == []


def test_a_port_taken_in_between_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listen = "import socket; s = socket.create_server(('127.0.0.1', {port}))"
    pretend(monkeypatch, "redis", f"{listen}; print('up'); {FOREVER}")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ports = iter([[taken.getsockname()[1]], processes.free_ports(1)])
        monkeypatch.setattr(services_module, "free_ports", lambda count: next(ports))
        assert services("redis")["redis"].embedded
        bad = [taken.getsockname()[1]]
        monkeypatch.setattr(services_module, "free_ports", lambda count: bad)
        with pytest.raises(ServiceError, match="in use"):
            services("redis")


@pytest.mark.parametrize("name", ["redis", "mongodb"])
def test_a_wheel_that_is_not_here_is_named_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch, rooms: Path, name: str
) -> None:
    def absent(wheel: str) -> str:
        raise importlib.metadata.PackageNotFoundError(wheel)

    monkeypatch.setattr(importlib.metadata, "version", absent)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr(shutil, "which", lambda command, path: None)
    variable = KINDS[name].variables[0]
    with pytest.raises(
        ServiceError, match=f"^{name}: .* not installed.*Set {variable}"
    ):
        services(name)
    assert list(rooms.iterdir()) == []
    assert {row["version"] for row in describe()} == {"not installed"}


def test_the_doctor_s_table_names_versions_and_licences(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://cache")
    rows = describe()
    assert [row["name"] for row in rows] == list(KINDS)
    assert [row["source"] for row in rows] == ["REDIS_URL"] + ["embedded"] * 3
    for row in rows:
        assert row["version"] == importlib.metadata.version(row["wheel"])
        assert row["licence"] and row["note"].endswith(".")


@pytest.mark.parametrize(("uid", "owners"), [(0, 1), (1000, 0)])
def test_postgresql_never_runs_as_root(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, uid: int, owners: int
) -> None:
    given: list[Any] = []
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    monkeypatch.setattr(os, "chown", lambda *what: given.append(what))
    popen = services_module._not_root(tmp_path)
    assert len(given) == owners
    assert popen.get("user") != 0
    assert ("user" in popen) == bool(owners)


def test_postgresql_is_copied_where_its_user_may_read_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(*command: object, **options: object) -> None:
        raise PermissionError

    (binaries := tmp_path / "there" / "bin").mkdir(parents=True)
    (binaries / "postgres").write_text("")
    monkeypatch.setattr(subprocess, "run", refuse)
    copy = services_module._readable(binaries, tmp_path, {})
    assert copy == tmp_path / "postgresql" / "bin"
    assert (copy / "postgres").exists()


def test_kill_nine_of_the_notebook_ends_the_servers_and_their_data(
    rooms: Path,
) -> None:
    code = "from chapters.toolkit.services import services; import sys\n"
    code += "s = services('redis', 'postgres')\n"
    code += "print(*(o.process._guard.pid for o in s.values()), flush=True)\n"
    code += "print(*(o.process.pid for o in s.values()), flush=True); sys.stdin.read()"
    notebook = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=processes.environment({"TMPDIR": str(rooms)}),
    )
    with notebook:
        assert notebook.stdout
        words = notebook.stdout.readline().split() + notebook.stdout.readline().split()
        family = [psutil.Process(int(word)) for word in words]
        assert len(family) == 4
        notebook.kill()
    gone(family)
    assert list(rooms.iterdir()) == []


def gone(family: list[psutil.Process]) -> None:
    """Wait 2 s at most; a zombie that nobody has reaped yet counts as gone."""
    _, left = psutil.wait_procs(family, timeout=2)
    still = [one for one in left if one.status() != psutil.STATUS_ZOMBIE]
    assert still == []
