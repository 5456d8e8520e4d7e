"""Make and check the course's environments from their locks, with the standard library
alone. Run: python -m chapters.toolkit setup
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOM = 2 * 1024**3
OLDEST_UV = (0, 13)
ML_LOCK = "requirements/ml.lock"
TORCH = "torch>=2.9,<3"
TORCH_FROM_INDEX = "torch==2.13.0"
WINDOWS = os.name == "nt"

UNREACHABLE = re.compile(
    r"dns error|error sending request|failed to fetch|connection (refused|reset)"
    r"|newconnectionerror|max retries|timed out|no matching distribution"
    r"|network is unreachable|not found in the package registry"
    r"|network was disabled|network connectivity is disabled",
    re.IGNORECASE,
)
FULL = re.compile(r"no space left|disk quota exceeded|errno 28|os error 28", re.I)


class Trouble(Exception):
    """What went wrong and what to do about it, each in one line."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} Remedy: {remedy}")


@dataclass(frozen=True)
class Environment:
    """One folder with a Python of its own, made from one lock."""

    root: Path
    folder: str
    lock: str

    @property
    def path(self) -> Path:
        return self.root / self.folder

    @property
    def python(self) -> Path:
        return self.scripts / ("python.exe" if WINDOWS else "python")

    @property
    def scripts(self) -> Path:
        return self.path / ("Scripts" if WINDOWS else "bin")

    @property
    def site(self) -> Path:
        places = {"base": str(self.path), "platbase": str(self.path)}
        return Path(sysconfig.get_path("purelib", "venv", vars=places))

    @property
    def stamp(self) -> Path:
        return self.path / ".installed"

    def key(self, *more: str) -> str:
        """What this environment was made from; another key makes it stale."""
        python = ".".join(map(str, sys.version_info[:2]))
        parts = (python, sys.platform, platform.machine(), str(self.root), *more)
        lock = (self.root / self.lock).read_bytes()
        return hashlib.sha256(lock + "|".join(parts).encode()).hexdigest()

    def ready(self) -> bool:
        """Whether every package of the lock was installed here: one small read."""
        try:
            return self.stamp.read_text("utf-8") == self.key()
        except OSError:
            return False

    def usable(self) -> bool:
        """Whether the folder holds a Python like this one, made for this place."""
        try:
            made = (self.path / "pyvenv.cfg").read_text("utf-8")
            activate = (self.scripts / "activate").read_text("utf-8")
        except OSError:
            return False
        version = ".".join(map(str, sys.version_info[:2]))
        same = re.search(rf"^version(_info)? = {re.escape(version)}\.", made, re.M)
        return bool(same) and str(self.path) in activate and self.python.exists()


BASE = Environment(ROOT, ".venv", "requirements/course.lock")
LAB = Environment(ROOT, ".venv-lab", "requirements/lab.lock")
LATEST = Environment(ROOT, ".venv-latest", "requirements/course.lock")


# -- what the tools may write ------------------------------------------------


def writable(path: Path) -> bool:
    """Whether path, or the nearest folder above it that exists, can be written."""
    while not path.exists() and path != path.parent:
        path = path.parent
    return path.is_dir() and os.access(path, os.W_OK | os.X_OK)


def settings(root: Path = ROOT) -> dict[str, str]:
    """What keeps every tool's files inside the clone, where they must be there."""
    cache = root / ".cache"
    extra = {
        "IPYTHONDIR": str(root / "assets" / "ipython"),
        "MPLCONFIGDIR": str(cache / "matplotlib"),
        "HTTPIE_CONFIG_DIR": str(cache / "httpie"),
    }
    home = Path(os.path.expanduser("~"))
    if not writable(home / ".cache"):
        extra["UV_CACHE_DIR"] = str(cache / "uv")
        extra["PIP_NO_CACHE_DIR"] = "1"
    if not writable(home / ".local"):
        extra["JUPYTER_RUNTIME_DIR"] = str(cache / "jupyter" / "runtime")
        extra["JUPYTER_DATA_DIR"] = str(cache / "jupyter" / "data")
        extra["JUPYTER_CONFIG_DIR"] = str(cache / "jupyter" / "config")
    if (
        not writable(Path(tempfile.gettempdir()))
        or tempfile.gettempdir() == os.getcwd()
    ):
        (cache / "tmp").mkdir(parents=True, exist_ok=True)
        extra["TMPDIR"] = str(cache / "tmp")
    return extra


def variables(root: Path = ROOT) -> dict[str, str]:
    """The settings that nobody has made already."""
    wanted = settings(root)
    return {name: value for name, value in wanted.items() if name not in os.environ}


# -- running pip and uv ------------------------------------------------------


def run(command: list[str], doing: str, root: Path = ROOT) -> str:
    """Run one installer; its failure becomes one line with a remedy."""
    values = {**os.environ, **variables(root), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(
        command, cwd=root, env=values, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise explain(done.stderr + done.stdout, doing)
    return done.stdout


def explain(output: str, doing: str) -> Trouble:
    """The trouble behind an installer's output."""
    again = "run the same command again; what was already fetched is kept."
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    last = lines[-1] if lines else "no output"
    if FULL.search(output):
        return Trouble(f"The disk is full ({doing}).", f"free 2 GB, then {again}")
    if re.search(r"hash(es)? (mismatch|do not match)|mismatched hash", output, re.I):
        return Trouble(f"A package is not the locked one ({doing}): {last}", again)
    if "ensurepip" in output:
        return Trouble(
            "This Python cannot make environments: it lacks ensurepip.",
            "install python3-venv (Debian, Ubuntu) or another Python, then try again.",
        )
    if UNREACHABLE.search(output):
        return Trouble(
            f"The package index cannot be reached ({doing}).",
            f"check the network, the proxy, or UV_DEFAULT_INDEX, then {again}",
        )
    return Trouble(f"Failed: {doing}: {last}", "`make clean`, then the command again.")


def uv_on_path() -> str | None:
    """A uv that is new enough, if the machine has one."""
    found = shutil.which("uv")
    if found is None:
        return None
    try:
        said = subprocess.run([found, "--version"], capture_output=True, text=True)
    except OSError:
        return None
    version = re.match(r"uv (\d+)\.(\d+)", said.stdout)
    new = version and (int(version[1]), int(version[2])) >= OLDEST_UV
    return found if new else None


def locked_uv(lock: str) -> str:
    """The lock's lines for uv: name, version and hashes."""
    block = re.search(r"^uv==.*(?:\n[ \t]+--hash=.*)*", lock, re.M)
    if block is None:
        raise Trouble("The lock has no uv.", "`git checkout requirements/course.lock`.")
    return block[0] + "\n"


def uv(target: Environment) -> str:
    """The uv to install with: the machine's, else the locked one by pip."""
    found = uv_on_path()
    own = target.scripts / ("uv.exe" if WINDOWS else "uv")
    if found or own.exists():
        return found or str(own)
    only = target.path / "uv.lock.txt"
    course = (target.root / "requirements/course.lock").read_text("utf-8")
    only.write_text(locked_uv(course), "utf-8")
    pip = [str(target.python), "-m", "pip", "install", "--quiet", "--no-deps"]
    run([*pip, "--require-hashes", "-r", str(only)], "fetching uv", target.root)
    return str(own)


# -- making environments -----------------------------------------------------


def create(target: Environment) -> None:
    """An empty environment in the target's folder; a broken one is replaced."""
    free = shutil.disk_usage(target.root).free
    if free < ROOM:
        raise Trouble(
            f"Only {free / 1024**3:.1f} GB are free in {target.root}.",
            "free 2 GB there, then run the same command again.",
        )
    if target.usable():
        return
    if target.path.exists():
        shutil.rmtree(target.path)
    make = [sys.executable, "-m", "venv", str(target.path)]
    run(make, f"making {target.folder}", target.root)


def ensure(target: Environment = BASE) -> Path:
    """The environment's Python, after installing its lock where that is due."""
    if target.ready() and target.usable():
        return target.python
    half = target.path.exists() and not target.stamp.exists()
    print(f"{'Repairing' if half else 'Making'} {target.folder} from {target.lock} ...")
    sys.stdout.flush()
    start = time.monotonic()
    target.stamp.unlink(missing_ok=True)
    create(target)
    install = [uv(target), "pip", "install", "--quiet", "--python", str(target.python)]
    lock = str(target.root / target.lock)
    run([*install, "--require-hashes", "-r", lock], "installing the lock", target.root)
    (target.site / "course.pth").write_text(f"{target.root}\n", "utf-8")
    target.stamp.write_text(target.key(), "utf-8")
    print(f"{target.folder} is ready after {time.monotonic() - start:.0f} s.")
    return target.python


def ensure_lab(lab: Environment = LAB, base: Environment = BASE) -> Path:
    """JupyterLab in an environment of its own; its kernel is the base's Python."""
    kernel_python = ensure(base)
    python = ensure(lab)
    share = lab.path / "share" / "jupyter"
    launcher = ["-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel = {
        "argv": [str(kernel_python), "-Xfrozen_modules=off", *launcher],
        "display_name": "Python 3 (course)",
        "language": "python",
        "env": settings(base.root),
        "metadata": {"debugger": True},
    }
    quiet = {"fetchNews": "false", "checkForUpdates": False}
    overrides = {"@jupyterlab/apputils-extension:notification": quiet}
    write_json(share / "kernels" / "python3" / "kernel.json", kernel)
    write_json(share / "lab" / "settings" / "overrides.json", overrides)
    return python


def write_json(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # uv links installed files to its cache: written through, every clone has it.
    path.unlink(missing_ok=True)
    path.write_text(json.dumps(value, indent=1) + "\n", "utf-8")


def ensure_ml(base: Environment = BASE) -> Path:
    """Add torch, transformers and diffusers to the base; torch fits this machine."""
    python = ensure(base)
    stamp = base.path / ".installed-ml"
    more = base.root / ML_LOCK
    key = base.key(more.read_text("utf-8"))
    if stamp.exists() and stamp.read_text("utf-8") == key:
        return python
    tool = [uv(base), "pip", "install", "--quiet", "--python", str(python)]
    print(f"Adding {TORCH}: the build that fits this machine ...")
    sys.stdout.flush()
    print(f"{install_torch(tool, base, locked=True)} is installed.")
    run([*tool, "-r", str(more)], "installing the ml set", base.root)
    stamp.write_text(key, "utf-8")
    return python


def install_torch(tool: list[str], base: Environment, *, locked: bool) -> str:
    """Install torch by its own index, else by the usual one; answer which it was."""
    lock = ["-c", str(base.root / base.lock)] if locked else []
    doing = "installing torch"
    try:
        run([*tool, *lock, "--torch-backend=auto", TORCH], doing, base.root)
    except Trouble:
        pip = [str(base.python), "-m", "pip", "install", "--quiet", TORCH_FROM_INDEX]
        lock = constraint_without_hashes(base) if locked else []
        run([*pip, *lock], doing, base.root)
    show = "import importlib.metadata as m; print('torch', m.version('torch'))"
    return run([str(base.python), "-c", show], "asking torch", base.root).strip()


def constraint_without_hashes(base: Environment) -> list[str]:
    """The lock as constraints for pip, which would ask for torch's hash otherwise."""
    text = (base.root / base.lock).read_text("utf-8")
    pins = re.findall(r"^[A-Za-z0-9].*?(?= *\\?$)", text, re.M)
    path = base.path / "constraints.txt"
    path.write_text("\n".join(pins) + "\n", "utf-8")
    return ["-c", str(path)]


def ensure_latest(target: Environment = LATEST) -> Path:
    """The newest release of every dependency, each time anew."""
    create(target)
    tool = [uv(target), "pip", "install", "--quiet", "--python", str(target.python)]
    print("Resolving the newest release of everything ...")
    sys.stdout.flush()
    # Torch first, and by the same way as ever: another one would be 3 GB of CUDA.
    install_torch(tool, target, locked=False)
    needs = ["--upgrade", "-r", str(target.root / "pyproject.toml"), "--extra", "ml"]
    run([*tool, *needs], "installing the newest releases", target.root)
    (target.site / "course.pth").write_text(f"{target.root}\n", "utf-8")
    return target.python
