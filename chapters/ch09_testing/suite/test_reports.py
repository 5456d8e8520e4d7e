"""A real server, a database of our own on it, and nothing left behind."""

import os
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from bson import ObjectId
from fastapi import FastAPI
from pymongo import AsyncMongoClient

from chapters.ch09_testing import reports

pytestmark = pytest.mark.anyio

URL = os.environ.get("MONGODB_URL", "mongodb://127.0.0.1:27017")
Seeds = list[dict[str, Any]]


@pytest.fixture(scope="module")
async def database(worker_id: str) -> AsyncIterator[reports.Database]:
    """A name that no other run and no other worker has."""
    async with AsyncMongoClient[dict[str, Any]](URL) as client:
        name = f"ch09_{worker_id}_{uuid4().hex}"
        yield client[name]
        await client.drop_database(name)
        assert name not in await client.list_database_names()


@pytest.fixture(scope="module", autouse=True)
async def seeds(database: reports.Database) -> Seeds:
    """Inserted once for the module; `autouse`, so that no test can forget it."""
    titles = ("Otters at the weir", "Kestrels nest", "A quiet week")
    rows: Seeds = [{"title": title, "text": "As every year."} for title in titles]
    await database.reports.insert_many(rows)
    return rows


@pytest.fixture
def app(database: reports.Database) -> FastAPI:
    reports.app.dependency_overrides[reports.get_database] = lambda: database
    return reports.app


async def test_a_seeded_report_is_read(client: httpx.AsyncClient, seeds: Seeds) -> None:
    reply = await client.get(f"/reports/{seeds[0]['_id']}")
    assert reply.status_code == 200
    assert reply.json()["id"] == str(seeds[0]["_id"])


@pytest.mark.parametrize("report_id", ["abc", "0" * 24])
async def test_no_such_report(client: httpx.AsyncClient, report_id: str) -> None:
    assert (await client.get(f"/reports/{report_id}")).status_code == 404


async def test_half_a_report_is_refused(client: httpx.AsyncClient) -> None:
    reply = await client.post("/reports", json={"title": "Storm"})
    assert reply.status_code == 422


async def test_a_new_report_is_in_the_database(
    client: httpx.AsyncClient, database: reports.Database
) -> None:
    sent = {"title": "Storm", "text": "The hide has lost its roof."}
    reply = await client.post("/reports", json=sent)
    assert reply.status_code == 201
    new = await database.reports.find_one({"_id": ObjectId(reply.json()["id"])})
    assert new is not None and new["title"] == "Storm"


async def test_the_app_itself_uses_another_database(
    client: httpx.AsyncClient, app: FastAPI, seeds: Seeds
) -> None:
    app.dependency_overrides.clear()
    reply = await client.get(f"/reports/{seeds[0]['_id']}")
    assert reply.status_code == 404
