"""What this machine has and lacks, each with its remedy; needs no package.
Run: python -m chapters.toolkit doctor
"""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chapters.toolkit.environment import BASE, LAB, ROOM, ROOT, uv_on_path

GB = 1024**3
PORTS = {8000: "fastapi dev", 8888: "JupyterLab"}
NO_WHEEL = "make setup; where there is no wheel, set its URL or use the devcontainer"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


@dataclass(frozen=True)
class Finding:
    """One thing looked at. A remedy is there exactly when something is to be done."""

    topic: str
    text: str
    remedy: str = ""

    def __str__(self) -> str:
        mark = "!" if self.remedy else "✓"
        line = f"{mark} {self.topic:<12} {self.text}"
        return f"{line}\n  {'':<12} Remedy: {self.remedy}" if self.remedy else line


def python() -> Iterator[Finding]:
    where = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    yield Finding("Python", f"{where} ({sys.executable})")


def environments() -> Iterator[Finding]:
    """Whether each environment is what its lock says."""
    for name, target, verb in (("base", BASE, "setup"), ("lab", LAB, "lab")):
        if target.ready():
            yield Finding(name, f"{target.folder} is what {target.lock} says")
        elif target.stamp.exists():
            text = f"{target.folder} was made from another lock, Python or folder"
            yield Finding(name, text, f"make {verb}")
        elif target.path.exists():
            yield Finding(name, f"{target.folder} is half-made", f"make {verb}")
        else:
            text = f"{target.folder} is not made yet: the first command makes it"
            yield Finding(name, text, "" if name == "lab" else f"make {verb}")


def pins(lock: str) -> dict[str, set[str]]:
    """Every package of a universal lock with the versions it may have."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", lock, re.M):
        found.setdefault(re.sub(r"[-_.]+", "-", name).lower(), set()).add(version)
    return found


def packages() -> Iterator[Finding]:
    """Installed versions that are not the locked ones."""
    locked = pins((ROOT / BASE.lock).read_text("utf-8"))
    installed = {
        re.sub(r"[-_.]+", "-", one.metadata["Name"]).lower(): one.version
        for one in importlib.metadata.distributions()
    }
    here = locked.keys() & installed.keys()
    wrong = sorted(name for name in here if installed[name] not in locked[name])
    if "fastapi" not in here:
        yield Finding("packages", "this Python is not the course's; see base above")
    elif wrong:
        text = ", ".join(f"{name} {installed[name]}" for name in wrong)
        yield Finding("packages", f"not as locked: {text}", "make clean, make setup")
    else:
        text = f"{len(here)} of the lock's {len(locked)}, each at its locked version"
        yield Finding("packages", text)
    found = uv_on_path()
    yield Finding("uv", found or "none on PATH; the locked one is used")


def busy(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def ports() -> Iterator[Finding]:
    """The course takes free ports; these two matter only to what you start yourself."""
    taken = [f"{port} ({what})" for port, what in PORTS.items() if busy(port)]
    if taken:
        text = "taken: " + ", ".join(taken)
        yield Finding("ports", text, "none for the course; give your own --port")
    else:
        yield Finding("ports", "8000 and 8888 are free; the course picks free ones")


def available_memory() -> float | None:
    """Gigabytes that a program could have now; None where that is not told."""
    try:
        text = Path("/proc/meminfo").read_text("ascii")
        return int(re.findall(r"MemAvailable: +(\d+) kB", text)[0]) / 1024**2
    except (OSError, IndexError):
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / GB
    except (AttributeError, ValueError, OSError):
        return None


def memory() -> Iterator[Finding]:
    found = available_memory()
    if found is None:
        yield Finding("memory", "not told by this system; 2 GB are enough")
    else:
        remedy = "" if found >= 2 else "close something; chapters 13, 14 take 2 GB"
        yield Finding("memory", f"{found:.1f} GB available", remedy)
    yield Finding("processors", str(os.cpu_count()))


def disk() -> Iterator[Finding]:
    free = shutil.disk_usage(ROOT).free
    remedy = "" if free >= ROOM else f"free {ROOM // GB} GB in {ROOT}"
    yield Finding("disk", f"{free / GB:.1f} GB free", remedy)


def gpu() -> Iterator[Finding]:
    """No GPU is no problem: every chapter has a rung that runs on the processor."""
    tool = shutil.which("nvidia-smi")
    if tool:
        ask = [tool, "--query-gpu=name,memory.total", "--format=csv,noheader"]
        said = subprocess.run(ask, capture_output=True, text=True, check=False)
        if said.returncode == 0 and said.stdout.strip():
            yield Finding("GPU", said.stdout.strip().replace("\n", "; "))
            return
        text = "nvidia-smi is here, but it sees no GPU"
        yield Finding("GPU", text, "update the NVIDIA driver, or go on without")
    elif sys.platform == "darwin" and platform.machine() == "arm64":
        yield Finding("GPU", "Apple's (mps)")
    else:
        yield Finding("GPU", "none; every chapter also runs on the processor")


def services() -> Iterator[Finding]:
    """The servers that chapters start, with version and licence."""
    try:
        module = importlib.import_module("chapters.toolkit.services")
        described = module.describe()
    except ImportError as error:
        text = f"cannot be read from this Python ({error})"
        yield Finding("services", text, "make setup, then make doctor again")
        return
    for one in described:
        if one["source"] != "embedded":
            yield theirs(module, one["name"], one["server"])
            continue
        text = f"{one['server']}, {one['licence']}, embedded; {one['note']}"
        here = one["version"] != "not installed"
        remedy = "" if here else NO_WHEEL
        wheel = f"{one['wheel']} {one['version']}"
        yield Finding(one["name"], f"{wheel} ({text.rstrip('; ')})", remedy)
    for variable, wrong in module.reach.pages().items():
        text = wrong or f"answers ({variable})"
        topic = variable.removesuffix("_URL").capitalize()
        yield Finding(topic, text, f"start it, or unset {variable}" if wrong else "")


def theirs(module: Any, name: str, server: str) -> Finding:
    """A server that a URL in the environment names; the URL may hold a password."""
    given = module.named(name)
    variable, url = next(iter(given.items()))
    where = module.reach.place(url)
    at = f" at {where[0]}:{where[1]}" if where else ""
    if wrong := module.reach.trouble(name, given):
        return Finding(name, wrong.text, wrong.remedy)
    said = "answers" if where else "is not asked: no single host and port"
    return Finding(name, f"{variable}{at} {said}; in place of {server}")


def browser() -> Iterator[Finding]:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found:
        yield Finding("Chromium", found)
    else:
        text = "none; only the tests of the browser lessons need it"
        remedy = "python -m chapters.toolkit browser, or your system's chromium"
        yield Finding("Chromium", text, remedy)


TOPICS: tuple[Callable[[], Iterator[Finding]], ...] = (
    python,
    environments,
    packages,
    ports,
    memory,
    disk,
    gpu,
    services,
    browser,
)


def findings() -> Iterator[Finding]:
    """Everything looked at; a look that fails is a finding, not a traceback."""
    for topic in TOPICS:
        try:
            yield from topic()
        except Exception as error:
            text = f"could not be looked at: {type(error).__name__}: {error}"
            yield Finding(topic.__name__, text, "report this with the lines above")


def main() -> int:
    """Print the report; always 0, since a report is not a gate."""
    count = 0
    for finding in findings():
        print(finding, flush=True)
        count += bool(finding.remedy)
    print(f"\n{count or 'Nothing'} to look at." if count else "\nAll is well.")
    return 0
