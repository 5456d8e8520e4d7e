"""The README's picture: a chapter in JupyterLab, taken by a browser nobody sees.

Try: python -m chapters.toolkit picture
"""

import asyncio
import hashlib
import re
import secrets
import shutil
import tempfile
from pathlib import Path

import httpx
from PIL import Image
from playwright.async_api import Page, ViewportSize, async_playwright

from chapters.toolkit.doctor import BROWSERS
from chapters.toolkit.environment import LAB, ROOT
from chapters.toolkit.processes import Process, launch

PICTURE = ROOT / "assets" / "images" / "lab.png"
MANIFEST = ROOT / "assets" / "MANIFEST.toml"
CHAPTER = "ch03_rest_api"
SIZE: ViewportSize = {"width": 1280, "height": 900}
COLOURS = 128


def browser() -> str | None:
    """The Chromium of this machine, if it has one."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def lab(room: Path, token: str) -> Process:
    """JupyterLab on a copy of the chapter's notebook, with settings of its own."""
    (room / "work").mkdir()
    shutil.copy(ROOT / "notebooks" / f"{CHAPTER}.ipynb", room / "work")
    options = ["--no-browser", "--allow-root", "--ServerApp.port_retries=0"]
    options += ["--ServerApp.port={port}", "--ServerApp.ip=127.0.0.1"]
    options += [f"--ServerApp.root_dir={room / 'work'}"]
    options += [f"--IdentityProvider.token={token}"]
    folders = {
        f"JUPYTER_{name}_DIR": str(room / name.lower())
        for name in ("CONFIG", "DATA", "RUNTIME")
    }
    # A room that was left open in another session would come back.
    folders["JUPYTERLAB_WORKSPACES_DIR"] = str(room / "workspaces")
    folders["JUPYTERLAB_SETTINGS_DIR"] = str(room / "settings")

    def answers(process: Process) -> None:
        httpx.get(f"{process.url}/api").raise_for_status()

    command = [str(LAB.python), "-m", "jupyterlab", *options]
    return launch(command, name="labpicture", env=folders, ready=answers)


async def pose(page: Page, address: str) -> None:
    """Open the notebook and scroll to the first exchange."""
    await page.goto(address)
    cells = page.locator(".jp-Notebook")
    await cells.locator(".jp-MarkdownOutput h1").first.wait_for(timeout=60_000)
    heading = cells.locator(".jp-MarkdownOutput h2", has_text="Launch").first
    await heading.wait_for()
    await heading.evaluate("heading => heading.scrollIntoView({block: 'start'})")
    await cells.locator(".jp-CodeCell .jp-OutputArea-output pre").first.wait_for()
    idle = page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")
    await idle.first.wait_for(state="attached", timeout=60_000)


def lacking() -> str:
    """What this machine has to get before the picture can be taken."""
    missing = [] if browser() else ["Chromium (apt install chromium)"]
    missing += [] if LAB.ready() else [f"{LAB.folder} (make setup SET=lab)"]
    return " and ".join(missing)


async def photograph(address: str, target: Path) -> None:
    async with (
        async_playwright() as play,
        await play.chromium.launch(executable_path=browser()) as chromium,
    ):
        page = await chromium.new_page(viewport=SIZE)
        await pose(page, address)
        await page.screenshot(path=target)


def take(target: Path) -> Path:
    """Take the picture; few colours make it small."""
    token = secrets.token_hex(16)
    with (
        tempfile.TemporaryDirectory() as folder,
        lab(Path(folder), token) as server,
    ):
        address = f"{server.url}/lab/tree/{CHAPTER}.ipynb?token={token}"
        asyncio.run(photograph(address, target))
    return small(target)


def small(picture: Path) -> Path:
    image = Image.open(picture).convert("RGB").quantize(COLOURS)
    image.save(picture, optimize=True)
    return picture


def record(picture: Path, manifest: Path) -> None:
    """Write the picture's hash and size into its entry of the manifest."""
    content = picture.read_bytes()
    facts = {"sha256": f'"{hashlib.sha256(content).hexdigest()}"'}
    facts["size"] = str(len(content))
    entries = manifest.read_text("utf-8").split("[[file]]")
    for number, entry in enumerate(entries):
        if f'path = "images/{picture.name}"' in entry:
            for key, value in facts.items():
                entry = re.sub(rf"(?m)^{key} = .*$", f"{key} = {value}", entry)
            entries[number] = entry
    manifest.write_text("[[file]]".join(entries), "utf-8")


def main(target: Path = PICTURE, manifest: Path = MANIFEST) -> int:
    """Take the picture, write down what it is, say where it lies."""
    record(take(target), manifest)
    print(f"{target.name}: {target.stat().st_size // 1000} kB")
    return 0
