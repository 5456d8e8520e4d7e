"""`launch`: an app, a worker or any command as a real process beside the notebook.

Try: `api = launch("chapters.ch03_rest_api")`, then `api.get("/lessons")`.
"""

# A process is ready when it answers, replaces its predecessor when the cell runs
# again, survives an interrupted kernel, and ends with the kernel however that ends.

import atexit
import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NoReturn, Self

import httpx

from chapters.toolkit import lifeline

ROOT = Path(__file__).resolve().parents[2]
MOMENT = 0.5  # a command without a readiness test must live this long
MARGIN = 3.0  # seconds a guard may take over the grace it was told
COLOURS = ("FORCE_COLOR", "CLICOLOR_FORCE", "CLICOLOR")  # set by the kernel

Target = str | os.PathLike[str] | Sequence[str] | object
Ready = str | Callable[["Process"], object] | None

_running: dict[str, "Process"] = {}
_lock = threading.RLock()


class LaunchError(RuntimeError):
    """A process did not start, did not answer in time, or is no longer there."""


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listens on at this moment."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Ours, plus what lets a child import `chapters` and find installed commands."""
    merged = {k: v for k, v in os.environ.items() if k not in COLOURS}
    merged |= {"PYTHONUNBUFFERED": "1", "NO_COLOR": "1", **(extra or {})}
    for variable, first in (
        ("PYTHONPATH", str(ROOT)),
        ("PATH", sysconfig.get_path("scripts")),
    ):
        merged[variable] = os.pathsep.join(filter(None, [first, merged.get(variable)]))
    return merged


def python(*arguments: str) -> list[str]:
    """A command that runs our Python without the current folder on its path."""
    return [sys.executable, "-P", *arguments]


class Process:
    """A running process. Made by `launch`; closed by `stop` or a `with` block."""

    def __init__(
        self,
        name: str,
        commands: Sequence[Sequence[str]],
        *,
        env: Mapping[str, str] | None = None,
        cwd: str | os.PathLike[str] | None = None,
        folder: Path | None = None,
        leave: str = "SIGTERM",
        popen: Mapping[str, object] | None = None,
    ) -> None:
        env = environment(env)
        commands = [_locate(command, env) for command in commands]
        if not Path(cwd or ROOT).is_dir():
            raise LaunchError(f"There is no folder {str(cwd)!r} to start {name} in.")
        self.name = name
        self.port: int | None = None
        self.pid: int | None = None
        self._folder = folder or Path(tempfile.mkdtemp(prefix="course-"))
        self._known: dict[str, int] = {}  # what the other side has reported
        self._client: httpx.Client | None = None
        ends = {"folder": str(self._folder), "parent": os.getpid()}
        options = {"leave": leave, "popen": dict(popen or {})}
        plan = {"commands": commands, **options, **ends}
        self._start(plan, env, cwd or ROOT)

    def _start(
        self,
        plan: Mapping[str, object],
        env: Mapping[str, str],
        cwd: str | os.PathLike[str],
    ) -> None:
        ours, theirs = os.pipe()
        channel, options = lifeline.inherit(theirs)
        module = python("-m", "chapters.toolkit.lifeline")
        try:
            with (self._folder / "log").open("ab") as log:
                self._guard = subprocess.Popen(
                    [*module, "guard", json.dumps(plan), channel],
                    env=env,
                    cwd=cwd,
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    **options,
                    **lifeline.alone(),
                )
        finally:
            os.close(theirs)
        self._log = (self._folder / "log").open("rb")
        threading.Thread(target=self._listen, args=(ours,), daemon=True).start()

    def _listen(self, channel: int) -> None:
        with os.fdopen(channel, "rb") as lines:
            for line in lines:
                self._known |= json.loads(line)

    # -- becoming ready -----------------------------------------------------

    def wait_ready(self, deadline: float, ready: Ready, serves: bool) -> None:
        """Return when the process answers; raise LaunchError when it does not."""
        end = time.monotonic() + deadline
        try:
            self.pid = self._fact("pid", end)
            if serves:
                self.port = self._fact("port", end)
            else:
                self._poll(self._test(ready), end)
        except TimeoutError:
            self._give_up(f"did not answer within {deadline:g} s")
        except BaseException:
            self.stop(grace=0.5)
            raise

    def _fact(self, key: str, end: float) -> int:
        self._poll(lambda: key in self._known, end)
        return self._known[key]

    def _poll(self, test: Callable[[], bool], end: float) -> None:
        while not test():
            if not self.running:
                self._give_up(self._reason())
            if time.monotonic() > end:
                raise TimeoutError
            time.sleep(0.02)

    def _test(self, ready: Ready) -> Callable[[], bool]:
        if isinstance(ready, str):
            return lambda: bool(self.lines(ready))
        if callable(ready):
            return lambda: _succeeds(ready, self)
        if self.port:
            return lambda: _succeeds(_connect, self)
        moment = time.monotonic() + MOMENT
        return lambda: time.monotonic() > moment and self.running

    def _reason(self) -> str:
        line = exception_line(self.log(last=0))
        code = self._known.get("code", self._guard.returncode)
        ended = f"ended with exit code {code}"
        return f"did not start: {line}" if line else ended

    def _give_up(self, reason: str) -> NoReturn:
        self.stop(grace=0.5)
        raise LaunchError(f"{self.name} {reason}\n{self._tail()}")

    def _tail(self) -> str:
        return f"The end of its log:\n{self.log() or '(empty)'}"

    # -- life ---------------------------------------------------------------

    @property
    def running(self) -> bool:
        return "code" not in self._known and self._guard.poll() is None

    def wait(self, timeout: float | None = None) -> int:
        """Wait until the process has ended; its exit code (128 + n for a signal)."""
        return self._guard.wait(timeout)

    def stop(self, grace: float = 5.0) -> None:
        """Ask the process to leave, and make it leave after `grace` seconds."""
        self.let_go(grace)
        if self._client is not None:
            self._client.close()
        try:
            self._guard.wait(grace + MARGIN)
        except subprocess.TimeoutExpired:
            self._guard.kill()
            self._guard.wait()
        if self._guard.returncode < 0 and self.pid:  # it could not tidy up itself
            lifeline.kill_family(self.pid)
        self.log(last=0)
        self._log.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        with _lock:
            if _running.get(self.name) is self:
                del _running[self.name]

    def let_go(self, grace: float) -> None:
        """Begin to stop, without waiting for it."""
        assert self._guard.stdin is not None
        if not self._guard.stdin.closed:
            with contextlib.suppress(OSError):
                self._guard.stdin.write(str(grace).encode())
            with contextlib.suppress(OSError):
                self._guard.stdin.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<Process {self.name}: {'running' if self.running else 'stopped'}>"

    # -- what it wrote ------------------------------------------------------

    def log(self, last: int = 20) -> str:
        """The last lines it wrote; all of them for `last=0`."""
        if not self._log.closed:
            self._log.seek(0)
            self._written = self._log.read().decode(errors="replace")
        return "\n".join(self._written.splitlines()[-last:])

    def lines(self, pattern: str) -> list[str]:
        """The lines of the log in which the pattern is found."""
        return [line for line in self.log(0).splitlines() if re.search(pattern, line)]

    def until(self, pattern: str, timeout: float = 10.0) -> str:
        """Wait for a line with the pattern; the line."""
        try:
            self._poll(lambda: bool(self.lines(pattern)), time.monotonic() + timeout)
        except TimeoutError:
            raise LaunchError(
                f"{self.name} wrote no line like {pattern!r} within {timeout:g} s\n"
                f"{self._tail()}"
            ) from None
        return self.lines(pattern)[-1]

    # -- talking to it ------------------------------------------------------

    @property
    def url(self) -> str:
        """Where this machine reaches it."""
        if self.port is None:
            raise LaunchError(f"{self.name} has no port: it does not serve HTTP.")
        return f"http://127.0.0.1:{self.port}"

    @property
    def public_url(self) -> str:
        """Where the learner's browser reaches it, behind a proxy or not."""
        return public_url(self.url)

    @property
    def client(self) -> httpx.Client:
        """An `httpx.Client` whose base URL is ours."""
        if not self.running:
            raise LaunchError(
                f"{self.name} is not running; run the cell that launches it again.\n"
                f"{self._tail()}"
            )
        if self._client is None:
            # A server closes its connection after a 500: take a new one each time.
            self._client = httpx.Client(
                base_url=self.url,
                timeout=30.0,
                trust_env=False,
                limits=httpx.Limits(max_keepalive_connections=0),
            )
        return self._client

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self.client.request(method, path, **options)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Any) -> httpx.Response:
        return self.request("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> httpx.Response:
        return self.request("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> httpx.Response:
        return self.request("DELETE", path, **options)

    def stream(
        self, method: str, path: str, **options: Any
    ) -> AbstractContextManager[httpx.Response]:
        return self.client.stream(method, path, **options)


def public_url(url: str, environ: Mapping[str, str] = os.environ) -> str:
    """The same server as a browser outside sees it: JupyterHub, Codespaces, plain."""
    port = httpx.URL(url).port or 80
    if path := lifeline.root_path(port, environ):
        return environ.get("JUPYTERHUB_HOST", "") + path
    domain = environ.get("GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN")
    if domain and (name := environ.get("CODESPACE_NAME")):
        return f"https://{name}-{port}.{domain}"
    return url


def exception_line(log: str) -> str:
    """The line that names the exception, or the server's own complaint."""
    lines = log.splitlines()
    traces = [n for n, line in enumerate(lines) if "Traceback (most recent" in line]
    for line in lines[traces[-1] + 1 :] if traces else ():
        if line and not line.startswith(" "):
            return line
    complaints = [line for line in lines if line.startswith("ERROR:")]
    return complaints[-1].removeprefix("ERROR:").strip() if complaints else ""


def _succeeds(probe: Callable[[Process], object], process: Process) -> bool:
    try:
        probe(process)
    except Exception:  # not ready yet, in whatever way its client says so
        return False
    return True


def _connect(process: Process) -> None:
    socket.create_connection(("127.0.0.1", process.port or 0), timeout=1).close()


def _locate(command: Sequence[str], env: Mapping[str, str]) -> list[str]:
    first = sys.executable if command[0] == "python" else command[0]
    found = shutil.which(first, path=env["PATH"])
    if found is None:
        raise LaunchError(f"There is no command {first!r} here: is it installed?")
    return [found, *command[1:]]


# -- launch -----------------------------------------------------------------


def launch(
    target: Target,
    *,
    name: str | None = None,
    env: Mapping[str, str] | None = None,
    workers: int = 1,
    deadline: float = 60.0,
    cwd: str | os.PathLike[str] | None = None,
    port: int = 0,
    ready: Ready = None,
) -> Process:
    """Start `target` as a process of its own and return once it is ready.

    `target` is a package or module with an `app` ("chapters.ch03_rest_api"),
    "module:attribute", the path of a .py file, or a command as a list; in a
    command `{port}` stands for a free port. `ready` says when a command is:
    a pattern in its log, or a function that raises until it is.
    """
    target = _name_of(target)
    key = name or _shown(target)
    former = _replace(key)
    port = port or former  # a browser tab that is still open finds it again
    if isinstance(target, list):
        process = _command(key, target, env, cwd, port)
    else:
        process = _server(key, target, env, cwd, port, workers)
    with _lock:
        _running[key] = process
    process.wait_ready(deadline, ready, serves=isinstance(target, str))
    return process


def _name_of(target: Target) -> str | list[str]:
    """A command as a list, an app by its name."""
    if isinstance(target, str | os.PathLike):
        return os.fspath(target)
    if isinstance(target, Sequence):
        return [str(part) for part in target]
    for module in list(sys.modules.values()):
        for attribute, value in list(getattr(module, "__dict__", {}).items()):
            if value is target and module.__name__ != "__main__":
                return f"{module.__name__}:{attribute}"
    raise LaunchError(
        "An app that only this notebook knows cannot move to another process: "
        "write it to a file (%%writefile ../work/my_app.py) and launch that path."
    )


def _shown(target: str | list[str]) -> str:
    """A name without a folder: messages are the same on every machine."""
    if isinstance(target, list):
        return " ".join([Path(target[0]).name, *target[1:]])
    return Path(target).name if target.endswith(".py") else target


def _replace(key: str) -> int:
    """Stop the process of that name, if any; its port."""
    with _lock:
        old = _running.get(key)
    if old is None:
        return 0
    old.stop()
    return old.port or 0


def _command(
    key: str,
    command: list[str],
    env: Mapping[str, str] | None,
    cwd: str | os.PathLike[str] | None,
    port: int,
) -> Process:
    serves = any("{port}" in part for part in command)
    if serves:
        with lifeline.bind(port) as listener:  # the port asked for, if it is free
            port = listener.getsockname()[1]
        command = [part.replace("{port}", str(port)) for part in command]
    process = Process(key, [command], env=env, cwd=cwd)
    process.port = port if serves else None
    return process


def _server(
    key: str,
    target: str,
    env: Mapping[str, str] | None,
    cwd: str | os.PathLike[str] | None,
    port: int,
    workers: int,
) -> Process:
    folder = Path(cwd or ROOT)
    if target.endswith(".py"):
        file = Path(target).resolve()
        folder, target = _package(file)
        cwd = cwd or file.parent
    plan = {
        "target": target,
        "app_dir": str(folder),
        "port": port,
        "workers": workers,
    }
    command = python("-m", "chapters.toolkit.lifeline", "serve", json.dumps(plan))
    return Process(key, [command], env=env, cwd=cwd, leave="stdin")


def _package(file: Path) -> tuple[Path, str]:
    """The folder to import from and the module's name, for a file in a package too."""
    if not file.is_file():
        raise LaunchError(f"There is no file {file.name!r} in {file.parent.name!r}.")
    folder, parts = file.parent, [file.stem]
    while (folder / "__init__.py").exists():
        folder, parts = folder.parent, [folder.name, *parts]
    return folder, ".".join(parts)


def stop_all(processes: Iterable[Process] | None = None) -> None:
    """Stop these processes, or every one that this Python started, all at once."""
    with _lock:
        chosen = list(_running.values() if processes is None else processes)
    for process in chosen:
        process.let_go(5.0)
    for process in chosen:
        process.stop()


atexit.register(stop_all)
