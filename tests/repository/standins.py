"""The servers of the devcontainer, stood in for by those of the wheels.

They get users, keys, database and bucket from the *server's* section of compose.yml;
the programs get their URLs from the section of `course`, host and port exchanged.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import psycopg
import yaml

from chapters.toolkit.environment import ROOT
from chapters.toolkit.services import KINDS

FOLDER = ROOT / ".devcontainer"
# Where each image listens; none says otherwise.
PORTS = {"redis": 6379, "mongodb": 27017, "postgres": 5432, "s3": 8333}
module = sys.modules["chapters.toolkit.services"]


def compose() -> Any:
    """The compose file's services."""
    return yaml.safe_load((FOLDER / "compose.yml").read_text("utf-8"))["services"]


@contextlib.contextmanager
def standing_in(names: tuple[str, ...] = tuple(KINDS)) -> Iterator[dict[str, str]]:
    """What the container's environment would be, for these servers."""
    file = compose()
    database, keys = file["postgres"]["environment"], file["s3"]["environment"]
    with contextlib.ExitStack() as stack:
        for name, value in (
            ("USER", database["POSTGRES_USER"]),
            ("PASSWORD", database["POSTGRES_PASSWORD"]),
            ("ACCESS_KEY", keys["AWS_ACCESS_KEY_ID"]),
            ("SECRET_KEY", keys["AWS_SECRET_ACCESS_KEY"]),
            ("BUCKET", keys["S3_BUCKET"]),
        ):
            stack.enter_context(patch.object(module, name, value))
        urls = {name for kind in KINDS.values() for name in kind.variables}
        bare = {name: text for name, text in os.environ.items() if name not in urls}
        stack.enter_context(patch.dict(os.environ, bare, clear=True))
        running = stack.enter_context(module.services(*names))
        if "postgres" in names:
            create(running["postgres"].url, database["POSTGRES_DB"])
        yield exchanged(file["course"]["environment"], running)


def create(url: str, database: str) -> None:
    """What the image does at its first start."""
    plain = url.replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f'create database "{database}"')


def exchanged(environment: dict[str, str], running: Any) -> dict[str, str]:
    """The settings of `course` with the stand-ins' hosts and ports in them."""
    found = {}
    for name, service in running.items():
        for variable in KINDS[name].variables:
            found[variable] = environment[variable]
        variable = KINDS[name].variables[0]
        ours = f"{name}:{PORTS[name]}"
        assert urlsplit(environment[variable]).netloc.endswith(ours), variable
        theirs = urlsplit(service.url).netloc.rpartition("@")[2]
        found[variable] = environment[variable].replace(ours, theirs)
    if "mongodb" in running:
        # SecantusDB is a set of one member too, and its name is fixed.
        found["MONGODB_URL"] = found["MONGODB_URL"].replace("=rs0", "=secantus")
    return found
