"""What the deploy files promise, compared with what the service reads and answers.

Run: python -m chapters.ch10_deployment.manifests
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from chapters.ch10_deployment.station.settings import PREFIX, Limits, Settings

DEPLOY = Path(__file__).parent / "deploy"


def documents() -> Iterator[dict[str, Any]]:
    """Every Kubernetes object, in the order in which they are applied."""
    for name in ("config", "migrate", "station"):
        text = (DEPLOY / "kubernetes" / f"{name}.yaml").read_text("utf-8")
        yield from yaml.safe_load_all(text)


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    for one in documents():
        if "template" in one.get("spec", {}):
            yield one["kind"], one["spec"]["template"]["spec"]


def table() -> list[dict[str, Any]]:
    """One row for each container that runs our image in the cluster."""
    rows = []
    for kind, pod in pods():
        (box,) = pod["containers"]
        probes = [name for name in box if name.endswith("Probe")]
        rights = box["securityContext"]
        rows.append(
            {
                "kind": kind,
                "runs": " ".join(box.get("command", ["(the image's CMD)"])),
                "as": pod["securityContext"]["runAsUser"],
                "may write": not rights["readOnlyRootFilesystem"],
                "memory": box["resources"]["limits"]["memory"],
                "probes": ", ".join(one.removesuffix("Probe") for one in probes),
            }
        )
    return rows


def variables() -> set[str]:
    """The settings that the files give, as variables or as secret files."""
    compose = yaml.safe_load((DEPLOY / "compose.yml").read_text("utf-8"))
    given: set[str] = set()
    for service in compose["services"].values():
        given |= service.get("environment", {}).keys() | set(service.get("secrets", ()))
    for one in documents():
        given |= one.get("data", {}).keys()
    for _, pod in pods():
        given |= {row["name"] for row in pod["containers"][0].get("env", ())}
    return {name.upper() for name in given if name.upper().startswith(PREFIX)}


def unknown() -> set[str]:
    """What is given, and read by nobody: a misspelling, mostly."""
    fields = [*Settings.model_fields, *(f"limits__{n}" for n in Limits.model_fields)]
    return variables() - {f"{PREFIX}{name}".upper() for name in fields}


if __name__ == "__main__":
    for row in table():
        print(*row.values(), sep=" · ")
    print("unknown:", sorted(unknown()) or "none")
