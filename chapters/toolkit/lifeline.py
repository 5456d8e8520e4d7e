"""The far end of `launch`: no process outlives the notebook that started it.

Nobody types it: `launch` starts `guard`, and `serve` under it.
"""

# `guard` runs a command and ends its whole family when the parent goes away: its
# standard input is a pipe whose other end only the parent holds, so that even
# `kill -9` of the parent closes it; the parent's id is watched as well. `serve`
# is uvicorn on a port of its own choice.

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import uvicorn

GRACE = 1.2  # seconds to leave politely once the parent is gone
LEFTOVERS = 0.3  # seconds for what a process has left running
STARTUP_FAILURE = 3


def inherit(descriptor: int) -> tuple[str, dict[str, Any]]:
    """The name of a pipe's end for a child, and what Popen needs to hand it on."""
    if sys.platform == "win32":  # pragma: no cover - Windows
        import msvcrt

        handle = msvcrt.get_osfhandle(descriptor)
        os.set_handle_inheritable(handle, True)
        return f"h{handle}", {"close_fds": False}
    return str(descriptor), {"pass_fds": (descriptor,)}


def alone() -> dict[str, Any]:
    """What Popen needs so that a signal to our group does not reach the child."""
    if sys.platform == "win32":  # pragma: no cover - Windows
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def open_channel(name: str) -> int:
    """The descriptor behind a name made by `inherit`, kept from grandchildren."""
    if sys.platform == "win32":  # pragma: no cover - Windows
        import msvcrt

        return msvcrt.open_osfhandle(int(name[1:]), os.O_WRONLY)
    os.set_inheritable(int(name), False)
    return int(name)


def report(descriptor: int, **facts: int) -> None:
    """Tell the parent something, unless it has stopped listening."""
    with contextlib.suppress(OSError):
        os.write(descriptor, json.dumps(facts).encode() + b"\n")


def kill_family(leader: int) -> None:
    """End everything that still lives in the group of `leader`."""
    if sys.platform == "win32":  # pragma: no cover - Windows
        tree = ["taskkill", "/F", "/T", "/PID", str(leader)]
        subprocess.run(tree, capture_output=True, check=False)
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def dismiss_family(leader: int) -> None:
    """The same for what outlived its leader, politely first."""
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            end = time.monotonic() + LEFTOVERS
            os.killpg(leader, signal.SIGTERM)
            while time.monotonic() < end:
                time.sleep(0.01)
                os.killpg(leader, 0)
    kill_family(leader)


def until_end_of_input() -> str:
    """All that the parent says over the life line before it lets go of it."""
    said = b""
    with contextlib.suppress(OSError):
        while chunk := os.read(0, 4096):
            said += chunk
    return said.decode()


class Guard:
    """Runs commands one after the other and ends them with the parent."""

    def __init__(self, plan: Mapping[str, Any], channel: str) -> None:
        self.plan = plan
        self.channel = open_channel(channel)
        self.child: subprocess.Popen[bytes] | None = None
        self.leaving = False
        self.lock = threading.Lock()

    def run(self) -> int:
        signal.signal(signal.SIGTERM, lambda *_: self.in_background(self.end))
        self.in_background(lambda: self.end(float(until_end_of_input() or GRACE)))
        if os.name == "posix":
            self.in_background(self.watch_parent)
        try:
            return self.run_commands()
        finally:
            shutil.rmtree(self.plan["folder"], ignore_errors=True)

    def in_background(self, what: Callable[[], None]) -> None:
        threading.Thread(target=what, daemon=True).start()

    def watch_parent(self) -> None:
        while os.getppid() == self.plan["parent"]:
            time.sleep(0.1)
        self.end()

    def run_commands(self) -> int:
        code = 0
        for command in self.plan["commands"]:
            with self.lock:
                if code or self.leaving:
                    break
                last = command is self.plan["commands"][-1]
                child = self.child = self.start(command, last)
            code = child.wait()
            code = code if code >= 0 else 128 - code
            if code or last:
                report(self.channel, code=code)
            dismiss_family(child.pid)
        return code

    def start(self, command: list[str], last: bool) -> subprocess.Popen[bytes]:
        options = alone() | dict(self.plan["popen"])
        if last and self.plan["leave"] == "stdin":
            name, handed_on = inherit(self.channel)
            command, options = [*command, name], options | handed_on
        child = subprocess.Popen(command, stdin=subprocess.PIPE, **options)
        if last:
            report(self.channel, pid=child.pid)
        return child

    def end(self, grace: float = GRACE) -> None:
        """Ask the child to leave; make it leave when it is too slow."""
        with self.lock:
            again, self.leaving = self.leaving, True
        if again or self.child is None:
            return
        if self.plan["leave"] != "stdin":
            self.child.send_signal(getattr(signal, self.plan["leave"]))
        assert self.child.stdin is not None
        self.child.stdin.close()
        try:
            self.child.wait(grace)
        except subprocess.TimeoutExpired:
            kill_family(self.child.pid)


def find_app(target: str) -> str:
    """`pkg` and `pkg.mod` as uvicorn wants them: `pkg.app:app`, `pkg.mod:app`."""
    if ":" in target:
        return target
    with contextlib.suppress(ModuleNotFoundError):
        spec = find_spec(target)
        for folder in (spec and spec.submodule_search_locations) or ():
            if (Path(folder) / "app.py").exists():
                return f"{target}.app:app"
    return f"{target}:app"


def bind(port: int) -> socket.socket:
    """A socket on the port asked for or, when that is taken, on any free one."""
    listener = socket.socket()
    if os.name == "posix":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError:
        listener.bind(("127.0.0.1", 0))
    return listener


def root_path(port: int, environ: Mapping[str, str] = os.environ) -> str:
    """The path under which a JupyterHub shows this port to a browser."""
    prefix = environ.get("JUPYTERHUB_SERVICE_PREFIX", "")
    return f"{prefix.rstrip('/')}/proxy/{port}" if prefix else ""


def serve(plan: Mapping[str, Any], channel: str) -> int:
    """Serve an app until the life line ends; report the port once it answers."""
    import uvicorn

    sys.path.insert(0, plan["app_dir"])
    descriptor = open_channel(channel)
    listener = bind(plan["port"])
    port = listener.getsockname()[1]
    config = uvicorn.Config(
        find_app(plan["target"]),
        workers=plan["workers"],
        root_path=root_path(port),
        use_colors=False,
        timeout_graceful_shutdown=5,
    )

    def ready() -> None:
        report(descriptor, port=port)
        os.close(descriptor)

    one_or_many = serve_one if plan["workers"] == 1 else serve_many
    return one_or_many(config, listener, ready)


def when_line_ends(leave: Callable[[], None]) -> None:
    def wait() -> None:
        until_end_of_input()
        leave()

    threading.Thread(target=wait, name="life line", daemon=True).start()


def serve_one(
    config: "uvicorn.Config", listener: socket.socket, ready: Callable[[], None]
) -> int:
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            ready()

        def leave(self) -> None:
            self.should_exit = True

    server = Server(config)
    when_line_ends(server.leave)
    server.run(sockets=[listener])
    return 0


def serve_many(
    config: "uvicorn.Config", listener: socket.socket, ready: Callable[[], None]
) -> int:
    from uvicorn.supervisors import Multiprocess

    class Crew(Multiprocess):
        complete = False

        def keep_subprocess_alive(self) -> None:
            """Before all workers answer, a dead one means: this app cannot start."""
            if self.complete:
                super().keep_subprocess_alive()
            elif not all(worker.process.is_alive() for worker in self.processes):
                self.should_exit.set()
            elif all(worker.is_ready(timeout=1) for worker in self.processes):
                self.complete = True
                ready()

    listener.set_inheritable(True)
    crew = Crew(config, sockets=[listener])
    when_line_ends(crew.should_exit.set)
    crew.run()
    return 0 if crew.complete else STARTUP_FAILURE


def main(role: str, plan: str, channel: str) -> int:
    if role == "serve":
        return serve(json.loads(plan), channel)
    return Guard(json.loads(plan), channel).run()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
