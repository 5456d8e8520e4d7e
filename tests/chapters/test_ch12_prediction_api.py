"""Chapter 12: a checked model, served so that nobody waits, exchanged under load."""

import asyncio
import importlib.util
import json
import os
import re
import runpy
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import joblib
import psutil
import pytest

from chapters.ch12_prediction_api import (
    attack,
    drawings,
    exchange,
    meanwhile,
    race,
    stale_cache,
    standings,
    three_routes,
    visit,
    visitors,
)
from chapters.ch12_prediction_api.app import apps
from chapters.ch12_prediction_api.cache_disk import DiskCache
from chapters.ch12_prediction_api.cache_redis import SharedCache
from chapters.ch12_prediction_api.endpoint import app as endpoint_app
from chapters.ch12_prediction_api.service import artefact, training
from chapters.ch12_prediction_api.service.artefact import Refused
from chapters.ch12_prediction_api.service.batching import MicroBatcher
from chapters.ch12_prediction_api.service.predictor import NotReady, Predictor
from chapters.toolkit import check, launch, services
from chapters.toolkit.checks import Client
from chapters.toolkit.processes import Process
from tests.contracts import breaches

ROOT = Path(__file__).parents[2]
SOLUTIONS = ROOT / "tests" / "solutions" / "ch12_prediction_api"
KEY = "otter-12"
ADMIN = {"X-Admin-Key": KEY}
BIRD = exchange.BIRDS[0]
ROW = tuple(BIRD.values())
JSON = {"Content-Type": "application/json"}


def body(**changed: object) -> str:
    """A penguin with one measurement changed, as the client writes it."""
    return json.dumps(BIRD | changed)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    training.provide(folder)
    return folder


@pytest.fixture(scope="module", autouse=True)
def settings(
    models: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """The environment of the chapter, for servers and for what runs in here."""
    values = {
        "PENGUIN_MODELS": str(models),
        "PENGUIN_CACHE": str(tmp_path_factory.mktemp("cache")),
        "PENGUIN_ADMIN_KEY": KEY,
    }
    with services("redis") as running:
        values |= running.environment
        with patch.dict(os.environ, values):
            yield values


@pytest.fixture(scope="module")
def api(settings: dict[str, str]) -> Iterator[Process]:
    with launch("chapters.ch12_prediction_api", name="tests of chapter 12") as process:
        yield process


@pytest.fixture
def service(api: Process) -> Iterator[httpx.Client]:
    """The service with its first model; whatever a test loads is put back."""
    with httpx.Client(base_url=f"{api.url}/service", timeout=30) as client:
        yield client
        client.put("/model", json={"version": "2026.1"}, headers=ADMIN)


def places(reply: httpx.Response) -> list[tuple[str, str]]:
    return [(e["type"], str(e["loc"][-1])) for e in reply.json()["detail"]]


# --- train, keep, load --------------------------------------------------------


def test_the_forest_is_right_about_penguins_it_has_not_seen(models: Path) -> None:
    manifest = artefact.read_manifest(models / "2026.1")
    assert manifest.metrics["accuracy"] > 0.95
    assert manifest.metrics["penguins"] > 80
    assert len(manifest.data_sha256) == 64


def test_what_was_saved_answers_as_what_was_trained(models: Path) -> None:
    forest, _ = training.train()
    rows = training.read_penguins()[0]
    loaded = artefact.load(models / "2026.1").forest
    assert (loaded.predict_proba(rows) == forest.predict_proba(rows)).all()


def test_a_fresh_process_predicts_what_was_dumped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = str(tmp_path / "forest.joblib")
    monkeypatch.setattr(sys, "argv", ["dump", file])
    # Whoever has imported it in this process: it runs a second time, on purpose.
    monkeypatch.delitem(sys.modules, "chapters.ch12_prediction_api.dump", raising=False)
    runpy.run_module("chapters.ch12_prediction_api.dump", run_name="__main__")
    assert python("chapters.ch12_prediction_api.load", file) == "Gentoo\n"


def python(*arguments: str) -> str:
    command = [sys.executable, "-m", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


def test_loading_a_pickle_runs_its_author_s_code(tmp_path: Path) -> None:
    ran, nothing, pickled, unknown = python(
        "chapters.ch12_prediction_api.attack", str(tmp_path)
    ).splitlines()
    assert ran == "I ran while you were loading. I could have read your keys."
    assert nothing == "joblib.load gave back: None"
    assert pickled.startswith("skops.io.load refused model.skops: BadZipFile")
    assert "class.skops: UntrustedTypesFoundException" in unknown


def copy(models: Path, version: str, to: str = "") -> Path:
    return shutil.copytree(models / version, models / (to or f"{version}9"))


def edit(folder: Path, **about: object) -> None:
    file = folder / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | about))


def pickle_of_a_stranger(folder: Path) -> None:
    attack.set_traps(folder)
    attack.forge(folder, (folder / "model.joblib").read_bytes())


def class_of_a_stranger(folder: Path) -> None:
    attack.set_traps(folder)
    attack.forge(folder, (folder / "class.skops").read_bytes())


def other_forest(folder: Path) -> None:
    import skops.io

    forest, _ = training.train(latin=True, trees=3)
    attack.forge(folder, skops.io.dumps(forest))


def change_bytes(folder: Path, change: Callable[[bytes], bytes]) -> None:
    file = folder / "model.skops"
    file.write_bytes(change(file.read_bytes()))


DAMAGES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "2026.11": (
        "there is no manifest.json in 2026.11",
        lambda folder: (folder / "manifest.json").unlink(),
    ),
    "2026.12": (
        "manifest.json is damaged",
        lambda folder: (folder / "manifest.json").write_text('{"version": "20'),
    ),
    "2026.13": ("is of 2026.1, not of", lambda folder: edit(folder, version="2026.1")),
    "2026.14": (
        "made with scikit-learn 1.4.0, and here is",
        lambda folder: edit(folder, scikit_learn="1.4.0"),
    ),
    "2026.15": (
        "there is no model.skops",
        lambda folder: (folder / "model.skops").unlink(),
    ),
    "2026.16": (
        "model.skops is cut off",
        lambda folder: change_bytes(folder, lambda content: content[:1000]),
    ),
    "2026.17": (
        "its hash differs",
        lambda folder: change_bytes(folder, lambda content: content[:-1] + b"!"),
    ),
    "2026.18": ("model.skops is no skops file", pickle_of_a_stranger),
    "2026.19": ("model.skops is not to be trusted", class_of_a_stranger),
    "2026.20": ("answers Pygoscelis adeliae where its manifest says", other_forest),
}


@pytest.fixture(scope="module")
def damaged(models: Path) -> Path:
    for version, (_, damage) in DAMAGES.items():
        folder = copy(models, "2026.1", version)
        edit(folder, version=version)
        damage(folder)
    return models


@pytest.mark.parametrize("version", DAMAGES)
def test_a_damaged_model_is_refused_and_the_old_one_goes_on(
    version: str,
    damaged: Path,
    service: httpx.Client,
    capfd: pytest.CaptureFixture[str],
) -> None:
    reason, _ = DAMAGES[version]
    reply = service.put("/model", json={"version": version}, headers=ADMIN)
    assert reply.status_code == 409
    assert reason in reply.json()["detail"]
    assert service.get("/ready").json() == {"version": "2026.1"}
    assert service.post("/prediction", json=BIRD).json()["species"] == "Adelie"
    with pytest.raises(Refused):
        artefact.load(damaged / version)
    assert "I ran" not in capfd.readouterr().out


# --- the service --------------------------------------------------------------


def test_it_predicts_one_and_many_in_order(service: httpx.Client) -> None:
    one = service.post("/prediction", json=BIRD).json()
    assert one == {"species": "Adelie", "probability": 1.0, "version": "2026.1"}
    birds = [BIRD, BIRD | {"flipper_length_mm": 225, "body_mass_g": 5500}] * 500
    reply = service.post("/predictions", json={"penguins": birds})
    species = [answer["species"] for answer in reply.json()["predictions"]]
    assert species == ["Adelie", "Gentoo"] * 500


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        (
            '{"bill_depth_mm": 18}',
            [("missing", name) for name in (*BIRD,) if "depth" not in name],
        ),
        (body(wings=2), [("extra_forbidden", "wings")]),
        (body(bill_length_mm=float("nan")), [("finite_number", "bill_length_mm")]),
        (body(body_mass_g=float("inf")), [("finite_number", "body_mass_g")]),
        (body(bill_length_mm="39.1"), [("float_type", "bill_length_mm")]),
        (body(bill_length_mm=1e39), [("less_than_equal", "bill_length_mm")]),
        (body(bill_length_mm=-1), [("greater_than", "bill_length_mm")]),
        (body(bill_length_mm=[39.1]), [("float_type", "bill_length_mm")]),
        ("[39.1, 18.7, 181, 3750]", [("model_attributes_type", "body")]),
        ("39.1;18.7", [("json_invalid", "4")]),
        ("", [("missing", "body")]),
    ],
)
def test_bad_input_is_named(
    service: httpx.Client, sent: str, found: list[tuple[str, str]]
) -> None:
    reply = service.post("/prediction", content=sent, headers=JSON)
    assert reply.status_code == 422
    assert places(reply) == found
    assert service.get("/health").json() == {"status": "alive"}


@pytest.mark.parametrize(("rows", "status"), [(0, 422), (1001, 422), (10_000, 413)])
def test_a_batch_has_a_limit(service: httpx.Client, rows: int, status: int) -> None:
    sent = {"penguins": [BIRD] * rows}
    reply = service.post("/predictions", json=sent)
    assert reply.status_code == status
    assert len(reply.content) < 500


def test_a_batch_of_bad_rows_is_refused_briefly(service: httpx.Client) -> None:
    bad = {"penguins": [BIRD] + [{}] * 500}
    assert len(places(service.post("/predictions", json=bad))) == 10


def test_only_the_administrator_exchanges_the_model(service: httpx.Client) -> None:
    for headers in ({}, {"X-Admin-Key": "ötter".encode()}):
        reply = service.put("/model", json={"version": "2026.2"}, headers=headers)
        assert reply.status_code == 401
    up = {"version": "../2026.2"}
    assert service.put("/model", json=up, headers=ADMIN).status_code == 422
    assert service.get("/ready").json() == {"version": "2026.1"}


def test_without_a_model_it_lives_and_is_not_ready(settings: dict[str, str]) -> None:
    target = "chapters.ch12_prediction_api.service.app"
    with launch(target, env={"PENGUIN_VERSION": "2027.1"}) as process:
        assert process.get("/health").status_code == 200
        for reply in (
            process.get("/ready"),
            process.post("/prediction", json=BIRD),
            process.post("/predictions", json={"penguins": [BIRD]}),
        ):
            assert reply.status_code == 503
            assert "there is no manifest.json in 2027.1" in reply.json()["detail"]
            assert reply.headers["Retry-After"] == "1"
        chosen = {"version": "2026.1"}
        assert process.put("/model", json=chosen, headers=ADMIN).status_code == 200
        assert process.post("/prediction", json=BIRD).status_code == 200


def test_nobody_may_exchange_where_no_key_is_set(
    settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PENGUIN_ADMIN_KEY")
    with Client(apps["service"]) as client:
        for key in ("", KEY):
            headers = {"X-Admin-Key": key}
            reply = client.put("/model", json={"version": "2026.2"}, headers=headers)
            assert reply.status_code == 401


def test_a_predict_that_raises_is_500_and_the_server_lives(
    api: Process, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    too_large = body(bill_length_mm=1e39)
    reply = api.post("/unbounded/prediction", content=too_large, headers=JSON)
    assert (reply.status_code, reply.text) == (500, "Internal Server Error")
    assert api.until("Input X contains infinity or a value too large")
    assert api.post("/unbounded/prediction", json=BIRD).status_code == 200
    with Client(apps["service"]) as client:

        def fail(model: Any, rows: Any) -> None:
            raise RuntimeError("a secret path")

        with monkeypatch.context() as patched:
            patched.setattr(artefact.Model, "predict", fail)
            reply = client.post("/prediction", json=BIRD)
        assert reply.status_code == 500
        told = {"detail": "The prediction failed. It is in our log."}
        assert reply.json() == told
        assert client.post("/prediction", json=BIRD).status_code == 200


def test_an_exchange_under_load_loses_nothing_and_is_never_stale(api: Process) -> None:
    versions = ["2026.2", "2026.1", "2026.2", "2026.1"]
    there = exchange.exchange(f"{api.url}/service", KEY, versions, between=120)
    tally = asyncio.run(there)
    assert len(tally.answers) >= 600
    assert tally.failed() == 0
    assert tally.stale() == 0
    assert {version for *_, version in tally.answers} == {"2026.1", "2026.2"}


def test_a_stale_answer_would_be_counted() -> None:
    tally = exchange.Tally(exchanged=[(0.0, "1"), (5.0, "2")])
    tally.answers = [(4.0, 200, "1"), (4.0, 200, "2"), (6.0, 200, "1"), (7.0, 500, "2")]
    assert (tally.stale(), tally.failed()) == (1, 1)


@pytest.mark.anyio
async def test_a_model_keeps_a_bounded_number_of_answers(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chapters.ch12_prediction_api.service.predictor.REMEMBERED", 2)
    predictor = Predictor(models)
    with pytest.raises(NotReady, match="no model has been loaded yet"):
        await predictor.predict(ROW)
    await predictor.use("2026.1")
    async with predictor.batcher:
        for bill in (36.0, 37.0, 38.0):
            await predictor.predict((bill, *ROW[1:]))
    kept = [row[0] for row in predictor.model.answers]
    assert kept == [37.0, 38.0]


# --- micro-batching -----------------------------------------------------------


def double(rows: list[int]) -> list[int]:
    return [2 * row for row in rows]


@pytest.mark.anyio
async def test_one_call_answers_all_who_ask_at_once_in_order() -> None:
    async with MicroBatcher(double, most=10, wait=0.05) as batcher:
        answers = await asyncio.gather(*map(batcher.ask, range(25)))
    assert answers == [2 * row for row in range(25)]
    assert batcher.sizes == [10, 10, 5]


@pytest.mark.anyio
async def test_nobody_waits_longer_than_the_wait() -> None:
    async with MicroBatcher(double, wait=0.02) as batcher, asyncio.timeout(5):
        assert await batcher.ask(3) == 6
        assert await batcher.ask(4) == 8
    assert batcher.sizes == [1, 1]


@pytest.mark.anyio
async def test_an_error_is_its_own_row_s_and_not_its_neighbours() -> None:
    def divide(rows: list[int]) -> list[float]:
        return [100 / row for row in rows]

    async with MicroBatcher(divide, wait=0.05) as batcher:
        asked = [batcher.ask(row) for row in (1, 2, 0, 4)]
        found = await asyncio.gather(*asked, return_exceptions=True)
        assert [found[0], found[1], found[3]] == [100, 50, 25]
        assert isinstance(found[2], ZeroDivisionError)
        assert batcher.sizes == [4, 1, 1, 1, 1]
        assert await batcher.ask(5) == 20


@pytest.mark.anyio
async def test_who_has_given_up_is_not_computed() -> None:
    seen: list[int] = []

    def predict(rows: list[int]) -> list[int]:
        seen.extend(rows)
        return rows

    async with MicroBatcher(predict, wait=0.05) as batcher:
        asked = [asyncio.create_task(batcher.ask(row)) for row in range(4)]
        await asyncio.sleep(0)
        asked[1].cancel()
        await asyncio.wait(asked)
        alone = asyncio.create_task(batcher.ask(9))
        await asyncio.sleep(0)
        alone.cancel()
        await asyncio.sleep(0.1)  # longer than the wait: a batch of nobody
        assert batcher.sizes == [3]
        assert await batcher.ask(7) == 7
    assert seen == [0, 2, 3, 7]


@pytest.mark.anyio
@pytest.mark.parametrize("fails", [False, True])
async def test_who_gives_up_while_the_model_computes_disturbs_nobody(
    fails: bool,
) -> None:
    begins, goes_on = threading.Event(), threading.Event()

    def predict(rows: list[int]) -> list[int]:
        begins.set()
        assert goes_on.wait(10)
        return [1 // (0 if fails else 1) for _ in rows]

    async with MicroBatcher(predict, wait=0) as batcher:
        asked = asyncio.create_task(batcher.ask(1))
        await asyncio.to_thread(begins.wait, 10)
        asked.cancel()
        await asyncio.wait([asked])
        goes_on.set()
        if not fails:
            assert await batcher.ask(2) == 1


@pytest.mark.anyio
async def test_too_many_are_refused_and_the_end_leaves_nobody_waiting() -> None:
    goes_on = threading.Event()
    begins = threading.Event()

    def predict(rows: list[int]) -> list[int]:
        begins.set()
        assert goes_on.wait(10)
        return rows

    async with MicroBatcher(predict, most=1, queue=1) as batcher:
        first = asyncio.create_task(batcher.ask(1))
        await asyncio.to_thread(begins.wait, 10)
        second = asyncio.create_task(batcher.ask(2))
        await asyncio.sleep(0)
        with pytest.raises(asyncio.QueueFull):
            await batcher.ask(3)
        asyncio.get_running_loop().call_later(0.05, goes_on.set)
    done, waiting = await asyncio.wait([first, second], timeout=5)
    assert not waiting
    assert all(task.cancelled() for task in done)


def test_a_crowd_is_told_to_come_back(
    settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(batcher: Any, row: Any) -> None:
        raise asyncio.QueueFull

    monkeypatch.setattr(MicroBatcher, "ask", full)
    with Client(apps["service"]) as client:
        reply = client.post("/prediction", json=BIRD)
    assert reply.status_code == 503
    assert reply.json() == {"detail": "Too many are waiting already."}


def test_visitors_at_once_share_a_call(api: Process) -> None:
    with ThreadPoolExecutor(8) as pool:
        asks = [pool.submit(ask, api, "/batched/prediction") for _ in range(16)]
        assert {one.result() for one in asks} == {'"Adelie"'}
    assert max(api.get("/batched/batches").json()) > 1


def ask(api: Process, path: str) -> str:
    return httpx.post(f"{api.url}{path}", json=BIRD, timeout=30).text


# --- the lessons --------------------------------------------------------------


def test_the_endpoint_s_module_reads_nothing_when_imported(
    settings: dict[str, str], models: Path
) -> None:
    fresh = importlib.util.find_spec("chapters.ch12_prediction_api.endpoint")
    assert fresh and fresh.loader
    module = importlib.util.module_from_spec(fresh)
    with patch.dict(os.environ, PENGUIN_MODELS="/nowhere"):
        fresh.loader.exec_module(module)
        reply = Client(module.app).post("/prediction", json=BIRD)
    assert (reply.status_code, reply.json()["detail"]) == (
        503,
        "The model is not loaded yet.",
    )
    with Client(endpoint_app) as client:
        assert client.post("/prediction", json=BIRD).json()["species"] == "Adelie"


def test_a_lazy_model_is_read_once_however_many_come_first(api: Process) -> None:
    before = api.get("/lazy/reads").json()
    with ThreadPoolExecutor(8) as pool:
        asks = [pool.submit(ask, api, "/lazy/prediction") for _ in range(8)]
        assert {one.result() for one in asks} == {'"Adelie"'}
    assert (before, api.get("/lazy/reads").json()) == (0, 1)


def test_a_lazy_model_that_is_absent_is_503(
    settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PENGUIN_VERSION", "2027.1")
    reply = Client(apps["lazy"]).post("/prediction", json=BIRD)
    assert reply.status_code == 503
    assert "no manifest.json in 2027.1" in reply.json()["detail"]


def test_what_gets_through_types_without_bounds(api: Process) -> None:
    path = "/unbounded/prediction"
    for sent in (
        body(bill_length_mm=float("nan")),
        body(bill_length_mm="39.1"),
        body(wings=2),
    ):
        assert api.post(path, content=sent, headers=JSON).status_code == 200


def test_a_refused_nan_is_a_500_where_the_input_is_echoed(api: Process) -> None:
    for sent, status in (("NaN", 500), ("1e400", 500), ('"x"', 422), ("18.7", 200)):
        content = f'{{"bill_depth_mm": {sent}}}'
        reply = api.post("/nan-echo/measured", content=content, headers=JSON)
        assert reply.status_code == status


@pytest.mark.parametrize(("slow", "held_up"), [("async", True), ("sync", False)])
def test_a_blocked_loop_lets_nobody_pass(
    api: Process, slow: str, held_up: bool
) -> None:
    asked = meanwhile.ask_both(f"{api.url}/three-routes", f"/slow-{slow}", api.lines)
    assert meanwhile.held_up(asked) is held_up


def test_the_third_prediction_waits_for_a_slot(api: Process) -> None:
    with ThreadPoolExecutor(3) as pool:
        asks = [
            pool.submit(httpx.get, f"{api.url}/slots/predict", timeout=30)
            for _ in range(3)
        ]
        while (slots := api.get("/slots/slots").json())["waiting"] == 0:
            assert not any(one.done() for one in asks)
        assert slots == {
            "everybody's": 40,
            "the model's": 2,
            "taken": 2,
            "waiting": 1,
        }
        assert api.post("/slots/release").status_code == 200
        assert [one.result().json() for one in asks] == ["Gentoo"] * 3


# --- caches -------------------------------------------------------------------


def test_a_key_without_the_version_gives_a_stale_answer(models: Path) -> None:
    row = (39.1, 18.7, 181.0, 3750.0)
    assert stale_cache.answers(models, row) == {
        "without the version": ["Adelie", "Adelie"],
        "with the version": ["Adelie", "Pygoscelis adeliae"],
    }


def test_the_disk_remembers_until_it_is_emptied(api: Process) -> None:
    path, bird = "/cache-disk/prediction", BIRD | {"bill_length_mm": 40.5}
    said = [api.post(path, json=bird).json()["from the cache"] for _ in range(2)]
    assert said == [False, True]
    assert api.delete("/cache-disk/cache").status_code == 401
    assert api.delete("/cache-disk/cache", headers=ADMIN).status_code == 204
    assert api.post(path, json=bird).json()["from the cache"] is False


def test_the_disk_is_kept_small_and_another_process_finds_it(
    models: Path, tmp_path: Path
) -> None:
    model = artefact.load(models / "2026.1")
    cache = DiskCache(tmp_path, model, most=10)
    for number in range(25):
        cache.predict((30.0 + number, *ROW[1:]))
    assert len([*tmp_path.rglob("output.pkl")]) == 10
    last = (54.0, *ROW[1:])
    assert DiskCache(tmp_path, model).predict(last)[1] is True
    assert joblib.Memory(tmp_path, verbose=0).store_backend.get_items()


def test_memory_counts_hits_and_misses(api: Process) -> None:
    for _ in range(3):
        assert api.post("/cache-lru/prediction", json=BIRD).json() == "Adelie"
    info = api.get("/cache-lru/info").json()
    assert (info["hits"], info["misses"], info["currsize"]) == (2, 1, 1)


def test_redis_says_so_and_its_absence_is_no_error(
    api: Process, settings: dict[str, str]
) -> None:
    bird = BIRD | {"bill_length_mm": 41.5}
    said = [api.post("/cache-redis/prediction", json=bird).json() for _ in range(2)]
    assert [one["said by"] for one in said] == ["the model", "redis"]
    with (
        patch.dict(os.environ, REDIS_URL="redis://127.0.0.1:9/0"),
        Client(apps["cache-redis"]) as client,
    ):
        reply = client.post("/prediction", json=BIRD)
    away = {"species": "Adelie", "said by": "the model, for redis is away"}
    assert (reply.status_code, reply.json()) == (200, away)


@pytest.mark.anyio
async def test_an_answer_that_cannot_be_kept_is_given_all_the_same(
    models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from redis.exceptions import ConnectionError

    class FullRedis:
        async def get(self, key: str) -> None:
            return None

        async def set(self, key: str, value: str, ex: int) -> None:
            raise ConnectionError

    cache = SharedCache(FullRedis(), artefact.load(models / "2026.1"))  # type: ignore[arg-type]
    assert await cache.predict(ROW) == ("Adelie", "the model")
    assert "the answer was not kept" in capsys.readouterr().out


# --- the race -----------------------------------------------------------------


@pytest.mark.parametrize(("batched", "rounds"), [(50, 1), (10, 3)])
def test_the_race_is_over_when_its_claims_have_been_borne_out(
    batched: int, rounds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are in the notebook, which measures; here the figures are made up."""

    def visited(port: int, pid: int, path: str, *_: object) -> visit.Visit:
        requests = {"/batched": batched, "/cached": 200}.get(path, 10)
        ping_ms = 90 if path == "/inline" else 1
        return visit.Visit(requests, 0, 1, 1, 1, 1, ping_ms)

    monkeypatch.setattr(race, "serving", lambda: nullcontext((0, 0)))
    monkeypatch.setattr(race, "ProcessPoolExecutor", lambda *_: ThreadPoolExecutor(1))
    monkeypatch.setattr(race, "visit", visited)
    found = race.rounds(3, 0.1, until_proven=True)
    assert {len(seen) for seen in found.values()} == {rounds}
    left, right = drawings.standings(found).axes
    assert len(left.patches) == len(right.patches) == len(race.WAYS)


def test_the_race_prints_a_table_and_json(settings: dict[str, str]) -> None:
    module = "chapters.ch12_prediction_api.race"
    lines = python(module, "1", "0.1", "2").splitlines()
    assert [line.split()[0] for line in lines[1:9]] == list(race.WAYS)
    told = json.loads(lines[-1])
    assert set(told) == {"claims", "limits", "visits"}
    assert len(told["claims"]) == len(standings.CLAIMS)
    assert set(told["visits"]) == set(race.WAYS)
    assert {one["failed"] for [one] in told["visits"].values()} == {0}


def test_a_server_whose_threads_lost_the_warning_filters_is_quiet() -> None:
    program = (
        "import socket, warnings, uvicorn\n"
        "from chapters.ch12_prediction_api import race\n"
        "def run(server, sockets):\n"
        "    warnings.resetwarnings()\n"
        "    warnings.warn('no filters')\n"
        "uvicorn.Server.run = run\n"
        "race.leave_with_parent = print\n"  # this one has none
        "race.serve(socket.socket())\n"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_a_claim_that_is_not_borne_out_is_named() -> None:
    one = visit.Visit(10, 0, 1.0, 1.0, 1.0, 1.0, 1.0)
    flat = {way: [one] for way in race.WAYS}
    assert len(standings.missed(flat)) == 3
    assert [row["best"] for row in standings.claims(flat)] == [1, 1, 1, 1]


def test_a_child_leaves_when_its_parent_is_killed() -> None:
    program = (
        "import multiprocessing, os\n"
        "from concurrent.futures import ProcessPoolExecutor\n"
        "from chapters.ch12_prediction_api.orphans import leave_with_parent\n"
        "if __name__ == '__main__':\n"
        "    spawn = multiprocessing.get_context('spawn')\n"
        "    pool = ProcessPoolExecutor(1, spawn, leave_with_parent)\n"
        "    print(pool.submit(os.getpid).result(), flush=True)\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == -9
    pid = int(done.stdout)
    deadline = time.monotonic() + 30
    while lives(pid):
        assert time.monotonic() < deadline


def lives(pid: int) -> bool:
    """Nobody may have buried a process whose parent was killed: a zombie is dead."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


# --- pictures -----------------------------------------------------------------


def test_the_pictures_show_what_they_are_given() -> None:
    asked = {"/slow-sync": [("/slow-sync", 0.0, 1.0), ("/fast", 0.1, 0.11)]}
    figure = drawings.timeline(asked)
    [axes] = figure.axes
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == ["/slow-sync", "/fast, beside /slow-sync"]
    for draw in (drawings.sequence, drawings.cache_paths):
        assert len(draw().axes[0].texts) > 5


# --- the whole ----------------------------------------------------------------


def test_all_lessons_are_under_one_roof(api: Process) -> None:
    found = api.get("/lessons").json()
    assert "/service" in found
    assert len(found) == len(apps)


@pytest.mark.parametrize(
    "name", sorted({*apps} - {"unbounded", "slots", "three-routes"})
)
def test_each_app_keeps_its_word(name: str, settings: dict[str, str]) -> None:
    assert breaches(apps[name], asked=5) == []


def test_the_slow_apps_keep_their_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(three_routes, "SECONDS", 0.0)
    assert breaches(apps["three-routes"], asked=2) == []
    with Client(apps["slots"]) as client:
        client.post("/release")
    assert breaches(apps["slots"], asked=2) == []


@pytest.mark.anyio
async def test_a_server_that_hangs_up_has_failed_its_visitor() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: Any) -> None:
        await reader.read(10)
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, asyncio.timeout(10):
        crowd, ping = await visitors.crowd(port, "/", [{}], 2, 5.0)
        with pytest.raises(RuntimeError, match="/pond or its ping answered nobody"):
            await asyncio.to_thread(
                visit.visit, port, os.getpid(), "/pond", [{}], 1, 0.1
            )
    assert [one.failed for one in [*crowd, ping]] == [1, 1, 1]


def test_the_module_trains_and_serves_on_8012(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[Any] = []
    monkeypatch.setenv("PENGUIN_MODELS", str(tmp_path))
    monkeypatch.setattr("uvicorn.run", lambda *a, **k: served.append((a, k)))
    runpy.run_module("chapters.ch12_prediction_api", run_name="__main__")
    app = "chapters.ch12_prediction_api.app:app"
    assert served == [((app,), {"host": "127.0.0.1", "port": 8012})]
    assert artefact.load(tmp_path / "2026.2").version == "2026.2"


# --- the exercises ------------------------------------------------------------


def answers(file: Path) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(file.read_text("utf-8"), str(file), "exec"), names)
    return names


@pytest.fixture
def strictly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.setenv("COURSE_STRICT", "")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda folder, make, here: "a forest", "Expected a `ValueError`"),
        (lambda folder, make, here: silent(), "say why you refuse it"),
    ],
)
def test_a_manifest_that_lets_all_in_or_says_nothing(
    answer: Any, message: str, strictly: None
) -> None:
    assert message in check("ch12.manifest", answer).message


def silent() -> None:
    raise ValueError


def test_a_manifest_that_gives_something_else(strictly: None) -> None:
    right = answers(SOLUTIONS / "manifest.py")["load_checked"]

    def other(folder: Path, make: Any, here: str) -> str:
        right(folder, make, here)
        return "another forest"

    found = check("ch12.manifest", other).message
    assert "I gave you a folder in order and got `another forest`" in found


def test_text_where_json_was_asked_for(strictly: None) -> None:
    from fastapi import FastAPI
    from fastapi.responses import PlainTextResponse

    def counting_app(count: Callable[[], int]) -> FastAPI:
        app = FastAPI()
        app.get("/ping")(lambda: "pong")
        app.get("/birds", response_class=PlainTextResponse)(lambda: str(count()) + "!")
        return app

    found = check("ch12.never-block", counting_app).message
    assert re.search(r"your app answered `\d+!`", found)
