"""The deployed configuration, in a hurry: other targets, seconds for minutes.

Used by the notebook and the tests: configure(folder, api=8000, worker=9191).
"""

import re
import shutil
from pathlib import Path

import yaml

DEPLOY = Path(__file__).parent / "deploy"
PACE = "250ms"


def configure(folder: Path, token: str, **ports: int) -> Path:
    """Write prometheus.yml and rules.yml into the folder; a job without a port goes."""
    config = yaml.safe_load((DEPLOY / "prometheus.yml").read_text("utf-8"))
    config["global"] = {"scrape_interval": PACE, "evaluation_interval": PACE}
    jobs = [job for job in config["scrape_configs"] if job["job_name"] in ports]
    for job in jobs:
        port = ports[job["job_name"]]
        job["static_configs"] = [{"targets": [f"127.0.0.1:{port}"]}]
    config["scrape_configs"] = jobs
    rules = (DEPLOY / "rules.yml").read_text("utf-8")
    # A minute of the rules is five seconds here, and waiting is one.
    hurried = re.sub(r"\bfor: \w+", "for: 1s", rules).replace("[1m]", "[5s]")
    (folder / "rules.yml").write_text(hurried, "utf-8")
    (folder / "metrics-token").write_text(token, "utf-8")
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config), "utf-8")
    return folder / "prometheus.yml"


def command(config: Path) -> list[str]:
    """How Prometheus is started; {port} is a free one. Debian's package has it."""
    return [
        "prometheus",
        f"--config.file={config}",
        f"--storage.tsdb.path={config.parent / 'data'}",
        "--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    ]


def installed() -> bool:
    return shutil.which("prometheus") is not None
