"""Run somebody's tests against a good app and against broken ones, in this process.

Try: Bench(ponds).examine(Path("test_ponds.py"))
"""

import os
import sys
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from unittest.mock import patch

import httpx
import pytest

from chapters.ch09_testing.exam.flaws import Flaw, variant

PLUGINS = "terminal cacheprovider faulthandler unraisableexception threadexception"
UNUSED = "xdist random_order nbval schemathesis hypothesispytest logging"
OFF = [f"-pno:{name}" for name in f"{PLUGINS} {UNUSED}".split()]
# A plugin of ours would come before anyio's, and the last fixture of a name wins.
CONFTEST = """import pytest

@pytest.fixture(scope="session")
def anyio_backend():
    return "asyncio"
"""


@dataclass(frozen=True)
class Outcome:
    """One test on one app."""

    test: str
    app: str
    passed: bool
    said: str


class Bench:
    """A pytest plugin: it brings the fixtures and keeps the outcomes."""

    def __init__(
        self, module: ModuleType, flaws: Sequence[Flaw] = (Flaw(),), back: bool = False
    ) -> None:
        self.module, self.flaws, self.back = module, flaws, back
        self.outcomes: list[Outcome] = []
        self.problem = ""

    @pytest.fixture
    def service(self, request: pytest.FixtureRequest) -> ModuleType:
        return self.made(request)

    def made(self, request: pytest.FixtureRequest) -> ModuleType:
        return variant(self.module, request.param)

    @pytest.fixture
    async def client(self, service: ModuleType) -> AsyncIterator[httpx.AsyncClient]:
        async with (
            service.app.router.lifespan_context(service.app),
            httpx.AsyncClient(
                transport=httpx.ASGITransport(service.app),
                base_url="http://observatory",
            ) as client,
        ):
            yield client

    def pytest_configure(self, config: pytest.Config) -> None:
        config.option.tbstyle = "native"  # the quickest: only its last line is read

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "service" in metafunc.fixturenames:
            names = [f"app: {flaw.does}" for flaw in self.flaws]
            metafunc.parametrize("service", self.flaws, indirect=True, ids=names)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self.back:
            items.reverse()

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.problem = report.longreprtext.strip().splitlines()[-1].lstrip("E ")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or not report.passed:
            place, _, rest = report.nodeid.partition("[")
            test = place.rpartition("::")[2]
            app = next((f.does for f in self.flaws if f"app: {f.does}" in rest), "")
            crash = getattr(report.longrepr, "reprcrash", None)
            said = crash.message if crash else report.longreprtext or "skipped"
            self.outcomes.append(Outcome(test, app, report.passed, said))

    def examine(self, path: Path) -> None:
        """Run the tests of a file; in a thread, for a notebook's own loop is busy."""
        with TemporaryDirectory() as folder, patch.dict(os.environ):
            for name in [name for name in os.environ if name.startswith("PYTEST_")]:
                del os.environ[name]
            texts = {"pytest.ini": "[pytest]\n", "conftest.py": CONFTEST}
            texts[path.name] = path.read_text(encoding="utf-8")
            for name, text in texts.items():
                (Path(folder) / name).write_text(text, encoding="utf-8")
            words = [f"{folder}/{path.name}", "--import-mode=importlib", *OFF]
            with ThreadPoolExecutor(max_workers=1) as thread:
                thread.submit(pytest.main, words, plugins=[self]).result()
            for name in (path.stem, "conftest"):  # else pytest knows them next time
                sys.modules.pop(name, None)
