"""Chapter 15: what a system tells of itself, and who hears it. Prometheus is real."""

import asyncio
import itertools
import json
import logging
import os
import re
import runpy
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import psutil
import pytest
import yaml
from loguru import logger
from matplotlib.figure import Figure
from prometheus_client.parser import text_string_to_metric_families

from chapters.ch12_prediction_api.service import training
from chapters.ch15_monitoring import (
    cost,
    cost_drawing,
    dashboards,
    drawings,
    drift,
    error_sink,
    exploding,
    panel_drawings,
    rehearsed,
    running,
    scraping,
    trace_drawing,
)
from chapters.ch15_monitoring.app import apps
from chapters.ch15_monitoring.exercises import close_enough
from chapters.ch15_monitoring.little import functions
from chapters.ch15_monitoring.little.reading import Reader
from chapters.ch15_monitoring.little.server import LittlePrometheus
from chapters.ch15_monitoring.little.words import Unread
from chapters.ch15_monitoring.panels import MILLISECONDS, PANELS
from chapters.ch15_monitoring.promql import Prometheus, Refused
from chapters.ch15_monitoring.scraping import until
from chapters.ch15_monitoring.watched import labels, machine, redaction
from chapters.ch15_monitoring.watched.around import watch
from chapters.ch15_monitoring.watched.logger import configure
from chapters.ch15_monitoring.watched.queues import QueueLengths
from chapters.ch15_monitoring.watched.request_id import current
from chapters.ch15_monitoring.watched.settings import Settings
from chapters.toolkit import check, launch, services
from chapters.toolkit.checks import Client
from chapters.toolkit.processes import Process, free_ports, stop_all
from tests.contracts import breaches

ROOT = Path(__file__).parents[2]
HERE = "chapters.ch15_monitoring"
DEPLOY = ROOT / "chapters/ch15_monitoring/deploy"
SOLUTIONS = ROOT / "tests/solutions/ch15_monitoring"
TOKEN = "heron-15"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
BIRD = dict(zip(training.FEATURES, (39.1, 18.7, 181.0, 3750.0), strict=True))
GENTOO = dict(zip(training.FEATURES, (47.5, 14.8, 225.0, 5500.0), strict=True))

needs_prometheus = pytest.mark.skipif(
    not scraping.installed(), reason="Prometheus is missing: apt install prometheus"
)


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """Some tests set logging up: others must not inherit it."""
    root = logging.getLogger()
    handlers, level = [*root.handlers], root.level
    yield
    logger.remove()
    root.handlers[:], root.level = handlers, level


# --- the watched system -------------------------------------------------------


@dataclass
class System:
    """The darkroom's API and worker, watched, and everybody who watches them."""

    room: Path
    env: dict[str, str]
    api: Process
    lessons: Process
    sink: Process
    worker_port: int
    worker: Process = field(init=False)

    @property
    def ports(self) -> dict[str, int]:
        assert self.api.port and self.lessons.port
        ports = {"api": self.api.port, "worker": self.worker_port}
        return {**ports, "lessons": self.lessons.port}

    def start_worker(self) -> None:
        work = ["python", "-m", f"{HERE}.watched.work", f"{HERE}.watched.worker"]
        self.worker = launch(
            [*work, str(self.worker_port)],
            name="worker of chapter 15",
            env=self.env,
            ready="ready for action",
        )
        until(self.worker_answers)

    def worker_answers(self) -> bool:
        try:
            return self.worker_metrics() is not None
        except httpx.HTTPError:
            return False

    def worker_metrics(self) -> str:
        url = f"http://127.0.0.1:{self.worker_port}/metrics"
        return httpx.get(url, trust_env=False).text

    def post(self, title: str, request_id: str = "") -> httpx.Response:
        headers = {"X-Request-ID": request_id} if request_id else {}
        return self.api.post("/photos", json={"title": title}, headers=headers)

    def said(self, process: Process, request_id: str) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in process.lines(r'^\{"time"')]
        return [line for line in lines if line["request_id"] == request_id]


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    room = tmp_path_factory.mktemp("room")
    training.provide(room / "models")
    sink = launch(f"{HERE}.error_sink", name="errors of chapter 15")
    with services("redis") as running:
        env = {
            **running.environment,
            "PENGUIN_MODELS": str(room / "models"),
            "WATCH_APP": f"{HERE}.darkroom.api:app",
            "WATCH_WORKER": f"{HERE}.darkroom.tasks:broker",
            "WATCH_QUEUES": "[]",
            "WATCH_SERVICE": "darkroom",
            "WATCH_METRICS_TOKEN": TOKEN,
            "WATCH_SENTRY_DSN": f"http://key@127.0.0.1:{sink.port}/1",
            "WATCH_TRACES": str(room / "spans.jsonl"),
        }
        api = launch(f"{HERE}.watched.app", name="api of chapter 15", env=env)
        lessons = launch(HERE, name="lessons of chapter 15", env=env)
        (port,) = free_ports(1)
        made = System(room, env, api, lessons, sink, port)
        made.start_worker()
        yield made
        stop_all([api, lessons, sink, made.worker])


@pytest.fixture(scope="module")
def busy(system: System) -> System:
    """The system after some traffic, with something of everything in it."""
    for row in training.read_penguins()[0][::8].tolist():
        bird = dict(zip(training.FEATURES, row, strict=True))
        system.lessons.post("/drift/prediction", json=bird)
    for number in range(12):
        system.lessons.post("/die/rolls")
        system.lessons.get("/instrumented/hides")
        system.post(f"otter {number}")
    return system


@pytest.fixture(scope="module")
def little(busy: System) -> Iterator[LittlePrometheus]:
    made = scraping.little(TOKEN, **busy.ports)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def prometheus(busy: System) -> Iterator[Prometheus]:
    folder = busy.room / "prometheus"
    folder.mkdir()
    config = scraping.configure(folder, TOKEN, **busy.ports)
    with launch(
        scraping.command(config),
        name="prometheus of chapter 15",
        ready=lambda process: process.get("/-/ready").raise_for_status(),
    ) as server:
        made = Prometheus(server.url)
        until(lambda: set(made.targets().values()) == {"up"})
        yield made
        made.http.close()


def visit(system: System) -> None:
    """A message, a page that we do not have, a prediction."""
    system.post("otter")
    system.api.get("/photos/none")
    system.lessons.post("/drift/prediction", json=BIRD)


def drive(system: System, asked: Callable[[], object]) -> None:
    """Keep the visitors coming until what is asked is there."""
    until(asked, lambda: visit(system))


def answered(figure: Figure) -> list[str]:
    """The titles of the panels that show something."""
    return [
        axes.get_title(loc="left")
        for axes in figure.axes
        if "No data" not in [text.get_text() for text in axes.texts]
    ]


# --- log lines ----------------------------------------------------------------


def test_a_first_line_and_one_before_the_error() -> None:
    said = running.run("first_line")
    assert "WARNING:root:the standard library's way" in said
    assert len(re.findall(r"\| DEBUG    \| __main__:checksum:\d+ - reading", said)) == 2
    before, _, after = said.partition("a ring is a number, and this is a str")
    assert "| ERROR    |" in before and "TypeError: a ring is a number" in after


def test_each_sink_has_its_level_and_a_full_file_gets_another_name(
    tmp_path: Path,
) -> None:
    *warnings, files = running.run("sinks", str(tmp_path)).splitlines()
    assert warnings == [
        f"WARNING hour {n}: the battery is low" for n in (0, 25, 50, 75)
    ]
    assert files == "3 files, the largest at most 1 KB: True"
    newest = (tmp_path / "station.log").read_text()
    assert "DEBUG    hour 99: listening" in newest and "hour 0:" not in newest


def test_context_is_seen_where_the_format_says_so() -> None:
    default, extra, as_json = running.run("bound").splitlines()
    assert "HP1" not in default and default.endswith("seen: otter")
    assert extra.endswith("{'station': 'HP1', 'species': 'otter'}")
    assert json.loads(as_json)["record"]["extra"]["station"] == "HP1"


def test_a_gate_writes_in_two_formats_and_after_configure_in_one() -> None:
    with launch(f"{HERE}.gate", name="gate") as gate:
        assert gate.get("/hides", headers={"X-Badge": "warden"}).json()[0] == "reed bed"
        assert gate.get("/nests", headers={"X-Badge": "warden"}).json() == {"nests": 12}
        assert gate.get("/hides").status_code == 403
        assert gate.until(r"\| WARNING  \| .*not a warden's")
        assert gate.until(r'^INFO: .*"GET /hides HTTP/1.1" 403')
        assert gate.lines("DEBUG .*a badge was shown: True")
    with launch(f"{HERE}.uniform", name="uniform") as uniform:
        uniform.get("/hides")
        line = uniform.until("GET /hides HTTP/1.1")
        shape = r"^\d\d:\d\d:\d\d\.\d{3}\S+ (INFO|DEBUG|WARNING) +\S+ +"
        assert re.match(rf"{shape}uvicorn.access: 127", line)
        assert re.match(rf"{shape}\S+gate: the badge", uniform.lines("warden's")[0])


def test_a_visitor_forges_a_text_line_and_no_json_line() -> None:
    text, as_json = running.run("forged").split("--- JSON:\n")
    assert "\nWARNING  | the warden has opened the safe\n" in text
    assert as_json == "1 line"


def test_diagnose_shows_what_variables_held() -> None:
    shown, hidden = running.run("leaking").split("diagnose=False")
    assert "'otter-15'" in shown
    assert "otter-15" not in hidden.replace('enter("otter-15")', "")


def test_a_full_disk_kills_the_request_or_the_line_or_neither() -> None:
    said = running.run("full_disk")
    assert "catch=False: 500, for No space left on device" in said
    assert "--- Logging error in Loguru" in said and "catch=True: 200" in said
    assert "somebody asks for otters\nLossless: 200 and lines that the disk did not "
    assert said.rstrip().endswith("did not take: 1")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
def test_the_service_outlives_a_full_disk(system: System, tmp_path: Path) -> None:
    env = system.env | {"WATCH_LOG_FILE": "/dev/full"}
    env |= {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}  # as with several workers
    with launch(f"{HERE}.watched.app", name="full", env=env) as api:
        for number in range(3):
            reply = api.get("/photos/none", headers={"X-Request-ID": f"otter-{number}"})
            assert reply.status_code == 404
        assert api.until('"request_id": "otter-2"')  # on stderr instead
        text = api.get("/metrics", headers=BEARER).text
        assert "observatory_busy_ratio" in text
        found = re.search(r"^observatory_log_lines_diverted_total (\d+)", text, re.M)
        assert found and int(found[1]) >= 3


def logged(tmp_path: Path, write: Callable[[], object], **more: Any) -> str:
    file = tmp_path / "lines.log"
    configure(Settings(log_file=file, **more))
    write()
    return file.read_text("utf-8")


def test_a_standard_record_keeps_level_name_line_and_error(tmp_path: Path) -> None:
    def write() -> None:
        logging.getLogger("penguins").warning("a brace {is} no placeholder")
        try:
            raise KeyError("token=abcdef")
        except KeyError:
            logging.getLogger("penguins").exception("lost")

    first, second = map(json.loads, logged(tmp_path, write).splitlines())
    assert (first["level"], first["logger"]) == ("WARNING", "penguins")
    assert first["message"] == "a brace {is} no placeholder"
    assert (second["level"], second["error"]) == ("ERROR", "KeyError")
    assert "token=[hidden]" in second["trace"] and "abcdef" not in second["trace"]


def test_a_level_of_a_library_s_own_is_kept_and_chatter_is_not(tmp_path: Path) -> None:
    def write() -> None:
        logging.getLogger("asyncio").debug("chatter")
        logging.getLogger("gunicorn.error").log(35, "between warning and error")

    [line] = map(json.loads, logged(tmp_path, write).splitlines())
    assert (line["level"], line["logger"]) == ("Level 35", "gunicorn.error")


def test_a_text_line_is_one_line_and_a_trace_is_indented(tmp_path: Path) -> None:
    def write() -> None:
        logger.info("searching for {name}", name="otter\nERROR all is lost\x1b[2J")
        try:
            raise ValueError("no\nERROR fish")
        except ValueError:
            logger.exception("refused")

    lines = logged(tmp_path, write, log_format="text").splitlines()
    assert [n for n, line in enumerate(lines) if not line.startswith("  |")] == [0, 1]
    assert "otter\\nERROR all is lost\\x1b[2J" in lines[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("password=otter-15 for HP1", "password=[hidden] for HP1"),
        ('{"api_key": "otter", "n": 1}', '{"api_key": "[hidden]", "n": 1}'),
        ("Authorization: Bearer abc.def", "Authorization: Bearer [hidden]"),
        ("redis://u:otter@db:1/0 is away", "redis://u:[hidden]@db:1/0 is away"),
        ("redis://:otter@db:1/0", "redis://:[hidden]@db:1/0"),
        ("mail anna@reserve.example now", "mail [address] now"),
        ("GET /hides?token=otter&n=2", "GET /hides?token=[hidden]&n=2"),
        ("the password was wrong at 12:30", "the password was wrong at 12:30"),
    ],
)
def test_redaction(text: str, expected: str) -> None:
    assert redaction.redact(text) == expected
    assert redaction.redact(expected) == expected


def test_scrubbing_looks_at_any_depth() -> None:
    sent = {"user": [{"Cookie": "x", "name": "Anna"}], "n": 3, "at": ("token=x",)}
    assert redaction.scrub(sent) == {
        "user": [{"Cookie": "[hidden]", "name": "Anna"}],
        "n": 3,
        "at": ["token=[hidden]"],
    }


# --- one id through API and worker ----------------------------------------------


def test_one_id_in_the_answer_the_api_and_the_worker(system: System) -> None:
    reply = system.post("an otter", "visit-4711")
    assert reply.headers["X-Request-ID"] == "visit-4711"
    until(lambda: len(system.said(system.worker, "visit-4711")) == 2)
    begun, done = system.said(system.worker, "visit-4711")
    assert begun["photo"] == reply.json()["id"]
    photo = system.api.get(f"/photos/{begun['photo']}").json()
    assert photo["id"] == begun["photo"] and len(photo["print"]) == 16
    assert (done["message"], done["level"]) == ("develop done", "INFO")
    taken, asked = system.said(system.api, "visit-4711")
    assert taken["title"] == "an otter" and asked["message"] == "POST /photos 202"
    assert asked["ms"] > 0


def test_a_bad_id_is_replaced_and_concurrent_ones_do_not_mix(system: System) -> None:
    for bad in ("x", "a" * 65, "otter 7; rm", "é" * 9):
        headers = {"X-Request-ID": bad.encode()}
        made = system.api.get("/photos/none", headers=headers).headers["X-Request-ID"]
        assert re.fullmatch("[0-9a-f]{12}", made)

    async def crowd() -> list[httpx.Response]:
        async with httpx.AsyncClient(base_url=system.api.url, timeout=30) as client:
            ids = [{"X-Request-ID": f"crowd-{n:03}"} for n in range(20)]
            sent = {"title": "otter"}
            return await asyncio.gather(
                *(client.post("/photos", json=sent, headers=h) for h in ids)
            )

    for reply in asyncio.run(crowd()):
        request_id, photo = reply.headers["X-Request-ID"], reply.json()["id"]
        until(lambda i=request_id: len(system.said(system.worker, i)) == 2)
        assert system.said(system.worker, request_id)[0]["photo"] == photo


def test_a_job_that_fails_says_so_under_its_id(system: System) -> None:
    system.post("an otter in the light", "visit-0013")
    said = "develop failed: ValueError"

    def failures() -> list[dict[str, Any]]:
        lines = system.said(system.worker, "visit-0013")
        return [line for line in lines if line["message"] == said]

    until(failures)
    [failed] = failures()
    assert failed["level"] == "ERROR" and failed["error"] == "ValueError"
    assert "has seen the light" in failed["trace"]


def test_what_crashes_is_logged_with_its_id_and_without_secrets(system: System) -> None:
    asked = "/leak?password=otter-15&email=anna@reserve.example"
    reply = system.api.get(asked, headers={"X-Request-ID": "visit-0500"})
    assert (reply.status_code, reply.text) == (500, "Internal Server Error")
    assert reply.headers["X-Request-ID"] == "visit-0500"
    until(lambda: len(system.said(system.api, "visit-0500")) == 3)
    warned, asked_line, trace = system.said(system.api, "visit-0500")
    assert (warned["password"], warned["email"]) == ("[hidden]", "[address]")
    assert (asked_line["level"], asked_line["message"]) == ("ERROR", "GET /leak 500")
    assert trace["error"] == "RuntimeError" and trace["logger"] == "uvicorn.error"
    whole = system.api.log(0)
    assert "otter-15" not in whole and "anna@" not in whole


def test_websockets_and_lifespans_pass_through() -> None:
    from fastapi import FastAPI, WebSocket

    app = FastAPI()

    @app.websocket("/radio")
    async def radio(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text(current.get())

    client = Client(watch(app, Settings()))
    with client.websocket_connect("/radio") as socket:
        assert socket.receive_text() == "-"


# --- errors and traces ----------------------------------------------------------


def test_errors_reach_the_tracker_once_and_clean(system: System) -> None:
    system.api.get(
        "/leak?password=otter-16&email=bo@reserve.example",
        headers={"X-Request-ID": "visit-0600", "Cookie": "session=otter-17"},
    )
    system.post("light again", "visit-0601")

    def events(request_id: str) -> list[dict[str, Any]]:
        every = system.sink.get("/events").json()
        return [one for one in every if one["tags"]["request_id"] == request_id]

    until(lambda: events("visit-0600") and events("visit-0601"))
    [from_api], [from_worker] = events("visit-0600"), events("visit-0601")
    assert from_api["exception"]["values"][-1]["type"] == "RuntimeError"
    assert from_worker["exception"]["values"][-1]["type"] == "ValueError"
    assert from_api["server_name"] == "darkroom"
    for event in (from_api, from_worker):
        text = json.dumps(event)
        for secret in ("otter-16", "otter-17", "bo@reserve", TOKEN):
            assert secret not in text
        assert not [f for f in frames(event) if "vars" in f]


def frames(event: dict[str, Any]) -> list[dict[str, Any]]:
    values = event["exception"]["values"]
    return [frame for value in values for frame in value["stacktrace"]["frames"]]


def test_the_sink_reads_gzip_and_plain_envelopes() -> None:
    import gzip

    envelope = b'{}\n{"type": "event"}\n{"a": 1}\n{"type": "session"}\n{}\n'
    assert error_sink.read_envelope(envelope) == [{"a": 1}]
    with Client(error_sink.app) as client:
        before = len(client.get("/events").json())
        for content, headers in (
            (envelope, {}),
            (gzip.compress(envelope), {"Content-Encoding": "gzip"}),
        ):
            reply = client.post("/api/1/envelope/", content=content, headers=headers)
            assert reply.status_code == 200
        assert len(client.get("/events").json()) == before + 2


def test_one_trace_runs_from_the_visitor_through_the_queue(system: System) -> None:
    system.post("an otter, traced", "visit-0700")
    file = system.room / "spans.jsonl"

    def whole() -> list[trace_drawing.Span]:
        return trace_drawing.whole(file)

    until(whole)
    spans = {span.name: span for span in whole()}
    root, sent, done = (
        spans[name] for name in ("POST /photos", "send develop", "process develop")
    )
    assert done.parent == sent.id and root.parent is None
    assert (root.service, done.service) == ("darkroom-api", "darkroom-worker")
    assert root.start <= sent.start <= done.start <= done.end
    figure = trace_drawing.timeline([*whole()])
    labels_ = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert "POST /photos (darkroom-api)" in labels_
    assert "in the queue" in [text.get_text() for text in figure.axes[0].texts]


def test_a_failed_job_s_span_says_so(system: System) -> None:
    system.post("much light")
    file = system.room / "spans.jsonl"
    until(
        lambda: (
            '"status_code": "ERROR", "description": "ValueError"' in file.read_text()
        )
    )


# --- metrics --------------------------------------------------------------------


def samples(text: str) -> dict[str, float]:
    """`name{label=value}` of each sample, without those that Python makes."""
    return {
        f"{s.name}{{{','.join(f'{k}={v}' for k, v in sorted(s.labels.items()))}}}": (
            s.value
        )
        for family in text_string_to_metric_families(text)
        for s in family.samples
    }


def test_four_kinds_of_metric(system: System) -> None:
    system.lessons.delete("/metric-kinds/photos/dry")
    for seconds in (0.05, 0.3, 0.7, 4):
        asked = {"seconds": seconds, "size": 200}
        system.lessons.post("/metric-kinds/photos", params=asked)
    reply = system.lessons.get("/metric-kinds/metrics")
    assert reply.headers["content-type"].startswith("text/plain; version=1.0.0")
    said = samples(reply.text)
    assert said["photos_total{}"] == said["photos_drying{}"] == 4
    counts = [said[f"photo_seconds_bucket{{le={le}}}"] for le in ("0.1", "0.5", "1.0")]
    assert [*counts, said["photo_seconds_bucket{le=+Inf}"]] == [1, 2, 3, 4]
    assert (said["photo_bytes_count{}"], said["photo_bytes_sum{}"]) == (4, 800)
    system.lessons.delete("/metric-kinds/photos/dry")
    text = system.lessons.get("/metric-kinds/metrics").text
    assert samples(text)["photos_drying{}"] == 0
    assert len(drawings.kinds(text).axes) == 4


def test_the_library_counts_by_template_and_not_itself(system: System) -> None:
    for path in ("/hides", "/hides/1", "/hides/2", "/hides/9", "/nothing"):
        system.lessons.get(f"/instrumented{path}")
    said = samples(system.lessons.get("/instrumented/metrics").text)
    name = "http_requests_total{handler=/hides/{number},method=GET,status="
    assert (said[f"{name}2xx}}"], said[f"{name}4xx}}"]) == (2, 1)
    assert said["http_requests_total{handler=none,method=GET,status=4xx}"] >= 1
    assert not [key for key in said if "handler=/metrics" in key]
    bounds = {k for k in said if "http_request_duration_seconds_bucket{handler=/hides,"}
    assert bounds


def test_our_twenty_lines_count_templates_methods_and_failures(system: System) -> None:
    for path in ("/photos/1", "/photos/2", "/wp-login.php", "/leak"):
        system.api.get(path)
    system.api.request("PROPFIND", "/photos")
    said = samples(system.api.get("/metrics", headers=BEARER).text)
    name = "observatory_http_requests_total{method="
    assert said[f"{name}GET,route=/photos/{{photo_id}},status=404}}"] >= 2
    assert said[f"{name}GET,route=none,status=404}}"] >= 1
    assert said[f"{name}GET,route=/leak,status=500}}"] >= 1
    assert said[f"{name}other,route=/photos,status=405}}"] >= 1
    assert not [key for key in said if "route=/metrics" in key or "_created" in key]


def test_metrics_are_not_public(system: System) -> None:
    assert system.api.get("/metrics").status_code == 401
    wrong = {"Authorization": "Bearer otter"}
    assert system.api.get("/metrics", headers=wrong).status_code == 401
    assert system.api.get("/metrics", headers=BEARER).status_code == 200
    from fastapi import FastAPI

    assert Client(watch(FastAPI(), Settings())).get("/metrics").status_code == 404


def test_a_queue_that_cannot_be_counted_has_no_number(system: System) -> None:
    from dramatiq.brokers.redis import RedisBroker

    broker = RedisBroker(url="redis://127.0.0.1:9/0")
    lengths = QueueLengths()
    lengths.brokers.append(broker)
    assert [one.samples for one in lengths.collect()] == [[]]
    lengths.names.add("plates")
    assert [*lengths.collect()] == []
    text = system.api.get("/metrics", headers=BEARER).text
    assert "observatory_queue_messages{queue=darkroom}" in samples(text)


def test_gpus_are_counted_where_there_are_some(tmp_path: Path) -> None:
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho '0, 37, 2048'\necho '1, [N/A], 10'\n")
    tool.chmod(0o755)
    found = {
        f"{s.name} {s.labels['part']}": s.value
        for family in machine.Machine(str(tool)).collect()
        for s in family.samples
    }
    assert found.pop("observatory_busy_ratio processor") >= 0
    assert found == {
        "observatory_busy_ratio GPU 0": 0.37,
        "observatory_gpu_memory_bytes GPU 0": 2048 * 2**20,
    }
    assert machine.read_gpus(None) == machine.read_gpus(str(tmp_path / "none")) == []


def test_several_processes_answer_for_themselves_unless_they_share_a_folder(
    tmp_path: Path,
) -> None:
    target, shared = f"{HERE}.several", {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    with launch(target, name="apart", workers=2) as apart:
        count = running.feed(apart)
        assert max(running.feeds(apart) for _ in range(12)) < count
    with launch(target, name="together", workers=2, env=shared) as together:
        count = running.feed(together)
        assert {running.feeds(together) for _ in range(12)} == {count}
    # The folder outlives the processes: the next run begins where this one ended.
    with launch(target, name="stale", env=shared) as stale:
        assert running.feeds(stale) == count


def test_a_visitor_s_word_is_a_series_where_it_is_a_label() -> None:
    with Client(exploding.app) as client:
        for number in range(50):
            client.get("/search", params={"word": f"otter{number}"})
        assert client.get("/search", params={"word": "ott"}).json() == ["otter"]
        series = client.get("/series").json()
    assert series["by word"] > 50 and series["by species"] <= 4
    assert labels.bounded("ibis", {"otter"}) == "other"


def test_dramatiq_counts_when_it_is_asked_to(system: System) -> None:
    system.post("otter")  # a counter with labels is there from its first count on
    until(lambda: "dramatiq_messages_total{" in system.worker_metrics())
    before = samples(system.worker_metrics())

    def grown(metric: str) -> float:
        name = f"{metric}{{actor_name=develop,queue_name=darkroom}}"
        return samples(system.worker_metrics()).get(name, 0) - before.get(name, 0)

    system.post("otter")
    system.post("light")
    # At least: what was sent before may be counted only now.
    until(lambda: grown("dramatiq_messages_total") >= 2)
    until(lambda: grown("dramatiq_message_errors_total") == 1)


@pytest.mark.parametrize("early", [True, False])
def test_a_worker_s_own_counter_needs_its_variable_early(
    system: System, early: bool, tmp_path: Path
) -> None:
    """Without it prometheus_client is imported in one mode and asked in the other."""
    from chapters.ch15_monitoring.watched.work import metrics

    (port,) = free_ports(1)
    env = system.env | metrics(str(tmp_path), str(port))
    if not early:
        del env["PROMETHEUS_MULTIPROC_DIR"]
    module = f"{HERE}.counting_worker"
    command = ["python", "-m", "dramatiq", module, "-p", "1", "-t", "1"]
    send = f"from {module} import print_photo as p; p.send('matt'); p.send('x', True)"
    with launch(command, name="counting", env=env, ready="ready for action") as worker:
        subprocess.run([sys.executable, "-c", send], cwd=ROOT, env=os.environ | env)
        assert worker.until("somebody opened the door")
        url = f"http://127.0.0.1:{port}/metrics"

        def said() -> str:
            try:
                return httpx.get(url, trust_env=False).text
            except httpx.HTTPError:
                return "away"

        until(lambda: said() != "away")
        if early:
            until(lambda: 'photos_developed_total{paper="matt"} 1.0' in said())
            assert 'message_errors_total{actor_name="print_photo"' in said()
        else:
            assert said() == ""


# --- the model --------------------------------------------------------------------


def test_other_birds_are_drift() -> None:
    then = drift.shares(["a"] * 50 + ["b"] * 50, {"a", "b"})
    assert drift.psi(then, then) == 0
    assert drift.psi(drift.shares(["a"] * 100, {"a", "b"}), then) > 0.25


def test_the_gauge_rises_when_only_one_species_comes(system: System) -> None:
    def psi() -> float:
        text = system.lessons.get("/metrics").text
        return samples(text)["observatory_prediction_drift_psi{model_version=2026.1}"]

    for row in training.read_penguins()[0][::8].tolist():
        bird = dict(zip(training.FEATURES, row, strict=True))
        system.lessons.post("/drift/prediction", json=bird)
    calm = psi()
    for _ in range(60):
        said = system.lessons.post("/drift/prediction", json=GENTOO).json()
    assert said == {"species": "Gentoo"}
    assert calm < 0.1 < 0.25 < psi()


# --- Prometheus -------------------------------------------------------------------


@needs_prometheus
def test_the_configuration_and_the_rules_are_right() -> None:
    for command in (
        ["check", "config", "prometheus.yml"],
        ["check", "rules", "rules.yml"],
        ["test", "rules", "rules_test.yml"],
    ):
        done = subprocess.run(
            ["promtool", *command], cwd=DEPLOY, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr


@needs_prometheus
def test_a_rule_s_test_would_notice_a_change(tmp_path: Path) -> None:
    rules = (DEPLOY / "rules.yml").read_text().replace("== 0", "== 1")
    (tmp_path / "rules.yml").write_text(rules)
    shutil.copy(DEPLOY / "rules_test.yml", tmp_path)
    command = ["promtool", "test", "rules", "rules_test.yml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1 and "WorkerAway" in done.stdout + done.stderr


@needs_prometheus
def test_every_panel_has_an_answer(busy: System, prometheus: Prometheus) -> None:
    scraping.until_answered(prometheus, lambda: visit(busy))
    figure = panel_drawings.dashboard(prometheus, "Prometheus")
    assert answered(figure) == [panel.title for panel in PANELS]
    assert "drawn by us" in figure.get_suptitle()
    die = "sum by(face) (observatory_die_rolls_total)"
    until(lambda: len(prometheus.range(die, 3, 1)[0].points) == 4)
    both = panel_drawings.range_and_instant(prometheus).axes
    assert [len(axes.patches) for axes in both] == [24, 6]


@needs_prometheus
def test_p95_of_a_fast_app_is_its_first_bucket(
    busy: System, prometheus: Prometheus
) -> None:
    def visit() -> None:
        for _ in range(5):
            busy.lessons.get("/instrumented/hides")

    def p95(metric: str) -> float:
        query = f"histogram_quantile(0.95, sum by(le) (rate({metric}_bucket[5s])))"
        [one] = scraping.patiently(prometheus, query, visit)
        return one.value

    assert p95("http_request_duration_seconds") == pytest.approx(0.095)
    assert p95("http_request_duration_highr_seconds") < 0.05


@needs_prometheus
def test_the_little_one_says_what_the_real_one_says(
    busy: System, prometheus: Prometheus, little: LittlePrometheus
) -> None:
    def answers(server: Any, query: str) -> dict[str, float]:
        found = server.instant(query)
        return {
            str(sorted((k, v) for k, v in one.labels.items())): one.value
            for one in found
        }

    def agree(query: str) -> bool:
        """To the last bit but one: they multiply and divide in another order."""
        return answers(prometheus, query) == pytest.approx(answers(little, query))

    for server in (prometheus, little):
        scraping.until_series(server, {"up": 3, "rate(up[5s])": 3})
    exact = (
        "up",
        '1 + up{job="api"} * 2',
        "sum by(face) (observatory_die_rolls_total)",
        'count(observatory_die_rolls_total{face=~"1|2"})',
        'sum(observatory_die_rolls_total) >= min(up) or up{job!="api"}',
        f"histogram_quantile(0.5, sum by(le) ({MILLISECONDS}_bucket))",
        "3 * 4 / 2 - 1",
    )
    for query in exact:
        until(lambda q=query: agree(q))
    drive(busy, lambda: rates_agree(prometheus))
    with pytest.raises(Refused, match="parse error"):
        prometheus.instant("sum by(")
    for unread in ("sum by(", "up ~ 1", "deriv(up[5s])", "up up"):
        with pytest.raises(Unread):
            little.instant(unread)


def rates_agree(prometheus: Prometheus) -> bool:
    """Prometheus's answer, and the little one's from Prometheus's own samples.

    Both extrapolate, so that only from the same samples they say the same.
    """

    def asked(query: str) -> Any:
        found = prometheus.http.get("/api/v1/query", params={"query": query} | when)
        return found.json()["data"]["result"]

    when = {"time": round(time.time(), 3)}  # as exact as Prometheus is
    counter = 'observatory_http_requests_total{job="api"}'
    query = f"sum(rate({counter}[5s]))"
    samples = {
        tuple(sorted(one["metric"].items())): [(t, float(v)) for t, v in one["values"]]
        for one in asked(f"{counter}[1m]")
    }
    if not (real := asked(query)):
        return False
    [(_, ours)] = Reader(query, samples, when["time"]).binary()
    growth = float(real[0]["value"][1])
    return growth > 0 and ours == pytest.approx(growth)


def test_the_little_one_draws_and_rings(busy: System, little: LittlePrometheus) -> None:
    scraping.until_answered(little, lambda: visit(busy))
    drive(busy, lambda: len(little.instant("job:http_request_seconds:p95")) > 0)
    figure = panel_drawings.dashboard(little, "the little Prometheus")
    assert answered(figure) == [panel.title for panel in PANELS]
    assert "WorkerAway" not in little.alerts()
    gone = scraping.little(TOKEN, worker=9)
    try:
        until(lambda: gone.alerts() == {"WorkerAway": "firing"})
        assert gone.targets() == {"worker": "down"}
        assert [one.value for one in gone.instant("1 + 1")] == [2]
    finally:
        gone.stop()


def test_a_panel_without_an_answer_says_so() -> None:
    """Not a warning about its legend: a message may not have come through yet."""
    alone = scraping.little(TOKEN, worker=9)
    try:
        until(lambda: alone.instant("up"))
        figure = panel_drawings.dashboard(alone, "the little Prometheus")
    finally:
        alone.stop()
    assert answered(figure) == ["Who answers"]


def test_growth_is_stretched_to_the_window_and_resets_are_added() -> None:
    steady = [(float(t), 2.0 * t) for t in range(1, 10)]
    assert functions.increase(steady, 0.0, 10.0) == pytest.approx(20)
    restarted = [(1.0, 10.0), (2.0, 12.0), (3.0, 1.0)]
    assert functions.increase(restarted, 0.9, 3.1) == pytest.approx(3 * 2.2 / 2)
    late = [(4.0, 1.0), (5.0, 2.0), (6.0, 3.0)]
    # Not before it was zero, and half a step beyond the last.
    assert functions.increase(late, 0.0, 10.0) == pytest.approx(1 + 2 + 0.5)


def test_a_quantile_is_read_off_the_buckets() -> None:
    coarse = [(0.1, 100.0), (0.5, 100.0), (float("inf"), 100.0)]
    assert functions.quantile(0.95, coarse) == pytest.approx(0.095)
    assert functions.quantile(0.99, [(1.0, 5.0), (float("inf"), 10.0)]) == 1.0
    empty = functions.quantile(0.5, [(1.0, 0.0), (float("inf"), 0.0)])
    assert empty != empty


@needs_prometheus
def test_an_alert_fires_when_the_worker_is_killed_and_resolves(
    busy: System, prometheus: Prometheus
) -> None:
    """Last of its fixtures' users: it takes the worker away for a while."""
    until(lambda: prometheus.alerts().get("WorkerAway") is None)
    running.kill(busy.worker)
    seen: list[str] = []

    def firing() -> bool:
        state = prometheus.alerts().get("WorkerAway", "at rest")
        seen.extend([state] if state not in seen[-1:] else [])
        return state == "firing"

    until(firing)
    assert seen[-2:] in (["pending", "firing"], ["firing"])
    assert prometheus.targets()["worker"] == "down"
    busy.post("an otter that waits", "visit-0900")
    [queue] = prometheus.instant("observatory_queue_messages")
    busy.start_worker()
    scraping.until_alert(prometheus, "WorkerAway", "")
    until(lambda: len(busy.said(busy.worker, "visit-0900")) == 2)
    busy.post("an otter in the light", "visit-0901")
    busy.worker.until("visit-0901.*develop failed")
    assert queue.labels["queue"] == "darkroom"


# --- chapter 14's studio ------------------------------------------------------------


def test_the_studio_is_watched_without_a_change(system: System, tmp_path: Path) -> None:
    env = {k: v for k, v in system.env.items() if not k.startswith("WATCH_")}
    env |= {"WATCH_METRICS_TOKEN": TOKEN, "STUDIO_PAINTER": "stand-in"}
    env |= {"STUDIO_STAND_IN_SECONDS": "0.01"}
    env |= {"DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'studio.db'}"}
    [port] = free_ports(1)
    work = ["python", "-m", f"{HERE}.watched.work", f"{HERE}.watched.worker"]
    with services("s3") as storage:
        env |= storage.environment
        studio = launch(f"{HERE}.watched.app", name="studio", env=env)
        work += [str(port), "--threads", "1"]
        painter = launch(work, env=env, ready="ready for action")
        headers = {"X-Request-ID": "visit-1400"}
        reply = studio.post("/plates", json={"prompt": "a boat"}, headers=headers)
        assert reply.status_code == 202
        painter.until("visit-1400.*draw done", timeout=30)
        assert painter.lines('visit-1400", "logger": "studio.easel", "message": "done')
        text = studio.get("/metrics", headers=BEARER).text
        assert samples(text)["observatory_queue_messages{queue=plates}"] == 0
        ports = {"api": int(studio.port or 0), "worker": port}
        if scraping.installed():
            config = scraping.configure(tmp_path, TOKEN, **ports)
            server = launch(scraping.command(config), name="studio's prometheus")
            prometheus = Prometheus(server.url)
            query = 'sum by(actor_name) (dramatiq_messages_total{job="worker"})'
            [one] = scraping.patiently(prometheus, query)
            assert (one.labels, one.value) == ({"actor_name": "draw"}, 1)
            prometheus.http.close()
            server.stop()
        stop_all([studio, painter])


# --- Grafana ------------------------------------------------------------------------


def test_the_dashboard_is_what_the_code_makes(tmp_path: Path) -> None:
    running.run("dashboards", str(tmp_path / "made.json"))
    assert (tmp_path / "made.json").read_text("utf-8") == dashboards.dashboard()
    assert dashboards.FILE.read_text("utf-8") == dashboards.dashboard(), (
        f"run `python -m {HERE}.dashboards`"
    )


def test_grafana_s_own_types_read_the_dashboard_back() -> None:
    from grafana_foundation_sdk.models.dashboard import Dashboard

    stored = json.loads(dashboards.FILE.read_text("utf-8"))
    read = Dashboard.from_json(stored)
    assert [panel.title for panel in read.panels or []] == [p.title for p in PANELS]
    from grafana_foundation_sdk.cog.encoder import JSONEncoder

    assert json.loads(JSONEncoder().encode(read)) == stored


def test_every_panel_uses_a_data_source_that_is_provisioned() -> None:
    folder = DEPLOY / "grafana/provisioning"
    sources = yaml.safe_load((folder / "datasources/prometheus.yml").read_text())
    uids = {source["uid"] for source in sources["datasources"]}
    stored = json.loads(dashboards.FILE.read_text("utf-8"))
    assert {panel["datasource"]["uid"] for panel in stored["panels"]} <= uids
    die = next(panel for panel in stored["panels"] if panel["type"] == "barchart")
    assert [(t["instant"], t["range"]) for t in die["targets"]] == [(True, False)]
    cells = [tuple(panel["gridPos"].values()) for panel in stored["panels"]]
    assert len({*cells}) == len(PANELS)
    boards = yaml.safe_load((folder / "dashboards/observatory.yml").read_text())
    assert boards["providers"][0]["options"]["path"] == "/var/lib/grafana/dashboards"


# --- cost ---------------------------------------------------------------------------


def test_the_costs_are_drawn_in_a_process_of_their_own() -> None:
    found = cost.apart(rounds=1, requests=5)
    [axes] = cost_drawing.draw(found).axes
    assert len(axes.patches) == len(cost.LAYERS) - 1


def test_the_costs_are_json_for_programs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["cost", "1", "5", "json"])
    # As its own process does it, which counts no lines.
    runpy.run_path(cost.__file__, run_name="__main__")
    assert list(json.loads(capsys.readouterr().out)) == list(cost.LAYERS)


def test_the_costs_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    cost.main("1", "5")
    lines = capsys.readouterr().out.splitlines()
    assert [line[:24].rstrip() for line in lines] == [*cost.LAYERS]


# --- the whole ----------------------------------------------------------------------


def test_all_lessons_are_under_one_roof(system: System) -> None:
    assert system.lessons.get("/lessons").json() == [f"/{name}" for name in apps]
    assert system.lessons.get("/die/openapi.json").status_code == 200


@pytest.mark.parametrize("name", sorted({*apps} - {"error-sink"}))
def test_each_app_keeps_its_word(name: str, system: System) -> None:
    with patch.dict(os.environ, system.env):
        assert breaches(apps[name], asked=5) == []


def test_the_darkroom_keeps_its_word(system: System) -> None:
    from chapters.ch15_monitoring.darkroom import api, tasks

    url = system.env["REDIS_URL"]
    from dramatiq.brokers.redis import RedisBroker

    there = RedisBroker(url=url)
    with patch.multiple(tasks.broker, client=there.client, scripts=there.scripts):
        found = breaches(api.app, asked=5)
    assert {line.partition(":")[0] for line in found} == {"GET /leak"}


def test_the_module_ends_all_its_programs_when_one_has_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from chapters.ch15_monitoring import __main__ as module

    short = [["-c", "import time; time.sleep(60)"], ["-c", "raise SystemExit(3)"]]
    monkeypatch.setattr(module, "commands", lambda host: short)
    assert module.run("127.0.0.1") == 3


def test_told_to_end_the_module_ends_its_programs(system: System) -> None:
    program = (
        "import runpy, subprocess, sys, time\n"
        "start, sleep, pids = subprocess.Popen, time.sleep, []\n"
        "def sleeper(command):\n"
        "    made = start([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "    pids.append(made.pid)\n"
        "    return made\n"
        "def watching(seconds):\n"
        "    print(*pids, flush=True)\n"
        "    sleep(seconds)\n"
        "subprocess.Popen, time.sleep = sleeper, watching\n"
        f"runpy.run_module({HERE!r}, run_name='__main__')\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ | system.env,
        stdout=subprocess.PIPE,
        text=True,
    ) as module:
        assert module.stdout is not None
        programs = [int(pid) for pid in module.stdout.readline().split()]
        assert len(programs) == 3 and all(map(psutil.pid_exists, programs))
        module.terminate()
        assert module.wait(30) == 0
    assert not any(map(psutil.pid_exists, programs))


def test_prometheus_asks_where_the_programs_listen() -> None:
    """By default: in the dev container the two share one network, and so a loopback."""
    config = yaml.safe_load((DEPLOY / "prometheus.yml").read_text())
    asked = {
        target
        for job in config["scrape_configs"]
        for targets in job["static_configs"]
        for target in targets["targets"]
    }
    from chapters.ch15_monitoring import __main__ as module

    ports = (module.API, module.LESSONS, module.WORKER)
    assert asked == {f"{module.LOCAL}:{port}" for port in ports}
    compose = yaml.safe_load((ROOT / ".devcontainer/compose.yml").read_text())
    assert compose["services"]["prometheus"]["network_mode"] == "service:course"


def test_a_log_is_shown_without_what_differs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    running.pick("06:00:01.123 <f at 0x7f3a> is here\nsomething else", "here")
    line = '{"message": "plate 96af76a4-8a46-49f4-9193-7f2c42326f2d", "level": "INFO"}'
    running.pick_json([line], "level", "message", "error")
    assert capsys.readouterr().out == "TIME <f> is here\nINFO  plate ID\n"


def test_waiting_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scraping, "PATIENCE", 0.1)
    with pytest.raises(TimeoutError, match=r"within 0\.1 s"):
        until(lambda: False)


def test_a_file_without_a_whole_trace(tmp_path: Path) -> None:
    (tmp_path / "spans").write_text("")
    assert trace_drawing.whole(tmp_path / "spans") == []


def test_the_schemes_are_drawn() -> None:
    for figure in (drawings.sinks(), drawings.system("Prometheus")):
        assert len(figure.axes[0].texts) > 5


# --- the exercises ------------------------------------------------------------------


def answers(file: Path) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(file.read_text("utf-8"), str(file), "exec"), names)
    return names


@pytest.fixture
def strictly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.setenv("COURSE_STRICT", "")


SERIES = {("/a", "200"): range(0, 61, 3), ("/a", "500"): range(21)}
SHARES = [
    answers(file)["failing"]()
    for folder in ("", "unusual/", "wrong/")
    for file in sorted(SOLUTIONS.glob(f"{folder}promql*.py"))
    if "unclosed" not in file.name
]


def test_a_question_without_promtool_is_answered_by_the_little_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    query = f"sum by(route) (rate({rehearsed.METRIC}[1m]))"
    assert rehearsed.answer(query, SERIES) == {"/a": pytest.approx(4 / 15)}
    assert rehearsed.answer("1 + 1", SERIES) == {"": 2}
    for query in ("sum by(", "up ]", "rate(1)", "up{job=api}", "up ~"):
        with pytest.raises(rehearsed.Unreadable, match="install prometheus"):
            rehearsed.answer(query, SERIES)


@needs_prometheus
def test_promtool_and_the_little_one_agree() -> None:
    tool = shutil.which("promtool") or ""
    for query in (
        f"sum by(route) (rate({rehearsed.METRIC}[1m]))",
        f'sum({rehearsed.METRIC}{{status="500"}})',
        f'{rehearsed.METRIC}{{status="none"}}',
        f"sum without(route) ({rehearsed.METRIC}{{status!~'5..'}})",
        f'sum({rehearsed.METRIC}{{status=~"5\\\\d+"}}) # a comment',
        f"sum({rehearsed.METRIC}{{status=~`5\\d+`}})",
        f"sum({rehearsed.METRIC}) / 0",
        *SHARES,
    ):
        real = rehearsed.by_promtool(tool, query, SERIES)
        assert rehearsed.by_hand(query, SERIES) == pytest.approx(real)
    with pytest.raises(rehearsed.Unreadable, match="parse error"):
        rehearsed.by_promtool(tool, "sum by(", SERIES)


@needs_prometheus
@pytest.mark.parametrize(
    ("share", "because"),
    [
        ("sum by(route) (irate({}[1m]))", "all requests of the whole minute"),
        ("sum by(route) (delta({}[1m]))", "those before the process began anew"),
        ("rate(sum by(route) ({})[1m:15s])", "those before the process began anew"),
        ("sum by(route) (rate({}[1m] offset 1m))", "lie before the last minute"),
    ],
)
def test_what_only_the_real_one_reads_is_told_what_is_wrong(
    share: str, because: str, strictly: None
) -> None:
    above, below = f'{rehearsed.METRIC}{{status=~"5.."}}', rehearsed.METRIC
    query = f"{share.format(above)} / {share.format(below)}"
    assert because in check("ch15.promql", lambda: query).message


@needs_prometheus
def test_no_traffic_hides_that_a_sum_forgets_a_restart() -> None:
    """The traffic is drawn by lot: whatever it is, the share is another one."""
    from chapters.ch15_monitoring import exercises as promql

    rate = "rate(sum by(route) ({})[1m:15s])"
    failed = rate.format(f'{rehearsed.METRIC}{{status=~"5.."}}')
    query = f"{failed} / {rate.format(rehearsed.METRIC)}"
    for bad, ok in itertools.product(promql.FAILURES, promql.SUCCESSES):
        series, expected = promql.traffic(bad, ok)
        with pytest.raises(AssertionError, match="before the process began anew"):
            promql.compared(
                query, {"/owls": 0.0} | rehearsed.answer(query, series), expected
            )


@pytest.mark.parametrize(
    ("name", "answer", "message"),
    [
        ("ch15.buckets", lambda times: [], "Expected a list of upper bounds"),
        ("ch15.promql", lambda: 7, "Expected a question in PromQL"),
        ("ch15.labels", lambda registry: 7, "Expected a function that notes"),
        ("ch15.buckets", lambda times: ["1 s"], "`'1 s'` among the bounds"),
    ],
)
def test_an_answer_of_another_kind(
    name: str, answer: Any, message: str, strictly: None
) -> None:
    assert message in check(name, answer).message


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        ("request_id.one_at_a_time", "one slow visitor must not stop all others"),
        ("request_id.every_scope", "every other goes to `app` as it came"),
        ("promql.unclosed", "Expected a question that it can read"),
    ],
)
def test_what_raises_inside_is_told_in_our_words(
    mistake: str, message: str, strictly: None
) -> None:
    [answer] = [
        made
        for name, made in answers(SOLUTIONS / "wrong" / f"{mistake}.py").items()
        if name in ("with_request_id", "failing")
    ]
    name = f"ch15.{mistake.partition('.')[0].replace('_', '-')}"
    assert message in check(name, answer).message


def test_a_bucket_may_be_off_by_a_tenth() -> None:
    times = [n / 1000 for n in range(1, 1001)]
    close_enough(times, [0.45, 0.55, 1.0], 0.5, "I got")
    with pytest.raises(AssertionError, match="10 % of difference"):
        close_enough([0.001] * 1000, [1.0], 0.5, "I got")


def test_the_main_module_asks_for_models_and_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[list[str]] = []

    class Ended:
        returncode = 0

        def __init__(self, command: list[str]) -> None:
            started.append(command)

        def poll(self) -> int:
            return 0

        def terminate(self) -> None:
            pass

        def wait(self) -> None:
            pass

    monkeypatch.setenv("PENGUIN_MODELS", str(tmp_path))
    monkeypatch.setenv("WATCH_METRICS_TOKEN", TOKEN)
    monkeypatch.setenv("dramatiq_prom_host", "127.0.0.1")
    monkeypatch.setattr(subprocess, "Popen", Ended)
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # ours stays as it is
    monkeypatch.delitem(sys.modules, f"{HERE}.__main__", raising=False)
    with pytest.raises(SystemExit) as ended:
        runpy.run_module(HERE, run_name="__main__")
    assert ended.value.code == 0 and len(started) == 3
    assert [command[-1] for command in started] == [
        f"{HERE}.watched.app:app",
        f"{HERE}.app:app",
        "1",
    ]
