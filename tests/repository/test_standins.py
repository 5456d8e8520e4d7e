"""What the container's environment says opens the servers that its compose file makes.

Real servers with the compose file's users, keys, database and bucket; not MongoDB
itself, which no package index has.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest
from minio import Minio

from chapters.toolkit import notebooks
from chapters.toolkit.environment import ROOT
from chapters.toolkit.services import KINDS, ServiceError, services
from tests.repository.standins import standing_in


@pytest.fixture(scope="module")
def environment() -> Iterator[dict[str, str]]:
    with standing_in() as urls:
        yield urls


@pytest.fixture
def container(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return environment


def test_each_service_takes_its_url_with_credentials_and_bucket(
    container: dict[str, str],
) -> None:
    with services(*KINDS) as all_four:
        assert not any(one.embedded for one in all_four.values())
        assert all_four.environment == container
    with psycopg.connect(container["DATABASE_URL"].replace("+psycopg", "")) as one:
        row = one.execute("select current_user, current_database()").fetchone()
        assert row == ("observatory", "observatory")
    client = Minio(
        endpoint=container["S3_ENDPOINT"].removeprefix("http://"),
        access_key=container["S3_ACCESS_KEY"],
        secret_key=container["S3_SECRET_KEY"],
        secure=False,
    )
    assert client.bucket_exists(bucket_name=container["S3_BUCKET"])


@pytest.mark.parametrize(
    ("variable", "wrong", "said"),
    [
        ("DATABASE_URL", (":observatory@", ":guessed@"), "refuses the user or passw"),
        ("DATABASE_URL", ("/observatory", "/reserve"), 'database "reserve" does not'),
        ("S3_SECRET_KEY", ("observatory", "guessed"), "refuses the keys S3_ACCESS_K"),
        ("S3_ACCESS_KEY", ("observatory", "guessed"), "refuses the keys S3_ACCESS_K"),
        ("S3_BUCKET", ("course", "pictures"), "has no bucket 'pictures', which S3_B"),
        ("REDIS_URL", ("redis://", "redis://warden:guessed@"), "refuses the user or"),
        ("MONGODB_URL", ("//", "//warden:guessed@"), "refuses the user or password"),
        ("MONGODB_URL", ("secantus", "rs7"), 'No replica set .* "rs7"'),
    ],
)
def test_what_the_server_refuses_is_said_without_the_password(
    container: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    wrong: tuple[str, str],
    said: str,
) -> None:
    monkeypatch.setattr("chapters.toolkit.reach.PATIENCE", 1.0)
    old, new = wrong
    monkeypatch.setenv(variable, new.join(container[variable].rsplit(old, 1)))
    (name,) = [name for name, kind in KINDS.items() if variable in kind.variables]
    with pytest.raises(ServiceError, match=said) as caught:
        services(name)
    text = str(caught.value)
    assert text.startswith(f"{name}: the server at 127.0.0.1:")
    assert text.endswith("to use the embedded one.") and "Correct" in text
    assert "guessed" not in text and "observatory@" not in text


def test_the_doctor_says_that_each_answers(container: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "chapters.toolkit", "doctor"],
        cwd=ROOT,
        env={**os.environ, **container, "COURSE_ENVIRONMENT": "active"},
        capture_output=True,
        text=True,
    )
    for name, kind in KINDS.items():
        (line,) = [one for one in done.stdout.splitlines() if f" {name} " in one]
        assert line.startswith("✓") and f"{kind.variables[0]} at 127.0.0.1:" in line
        assert "answers; in place of" in line
    assert "observatory-secret" not in done.stdout
    # The workflow counts these lines in the container.
    verify = (ROOT / ".github/workflows/verify.yml").read_text("utf-8")
    (pattern,) = re.findall(r"grep -c '(.*; .*)' doctor.txt", verify)
    assert len(re.findall(pattern, done.stdout)) == len(KINDS)


@pytest.mark.usefixtures("unmeasured")
def test_the_notebooks_are_the_same_on_the_container_s_servers(
    container: dict[str, str],
) -> None:
    """All four servers are in use, and hold what the tests above have left there."""
    slugs = ["ch06_databases", "ch08_websockets"]
    for report in notebooks.each(notebooks.run_one, slugs):
        assert report.ok, report.failure
