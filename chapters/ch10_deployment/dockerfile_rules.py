"""Nine rules for a Dockerfile. Each yields the lines that break it, and why it is one.

Used by review.py: [*pinned(parse(text))]
"""

import re
from collections.abc import Iterator

from chapters.ch10_deployment.dockerfile import Instruction, Stage

Found = Iterator[tuple[int, str]]
INSTALLS = re.compile(r"\b(pip|uv)3? .*\b(install|sync)\b")
WORDS = "PASSWORD|SECRET|TOKEN|_KEY|DATABASE_URL"
# `ENV NAME=value`, and as it was once written: `ENV NAME value`.
SECRET = re.compile(rf"\w*({WORDS})\w*=\S|^\w*({WORDS})\w*\s+\S", re.IGNORECASE)
SHELLS = ("sh", "bash", "/bin/sh", "/bin/bash")


def installing(stage: Stage) -> list[Instruction]:
    return [step for step in stage.all("RUN") if INSTALLS.search(step.rest)]


def pinned(stages: list[Stage]) -> Found:
    names = {stage.name for stage in stages if stage.name}
    for stage in stages:
        tag = stage.base.rpartition("/")[2].partition(":")[2]
        fixed = "@sha256:" in stage.base or tag not in ("", "latest")
        if not fixed and stage.base not in (*names, "scratch"):
            yield stage.line, f"{stage.base} names no version: tomorrow it is another"


def cached(stages: list[Stage]) -> Found:
    for stage in stages:
        runs = installing(stage)
        for copy in stage.all("COPY", "ADD"):
            listed = all(re.search(r"\.(lock|txt|toml|whl)$", s) for s in copy.sources)
            if "--from" in copy.rest:
                continue  # from an image or a stage: it is no source of ours
            if runs and copy.line < runs[-1].line and not listed:
                yield copy.line, "source before packages: each commit installs anew"


def hashes(stages: list[Stage]) -> Found:
    for stage in stages:
        always = any("PIP_REQUIRE_HASHES" in step.rest for step in stage.all("ENV"))
        for step in installing(stage):
            locked = "--require-hashes" in step.rest or "sync --locked" in step.rest
            if not (locked or always):
                why = "without --require-hashes a changed package is installed"
                yield step.line, why


def no_leavings(stages: list[Stage]) -> Found:
    for stage in stages:
        without = any("PIP_NO_CACHE_DIR" in step.rest for step in stage.all("ENV"))
        for step in stage.all("RUN"):
            kept = "--no-cache" in step.rest or "--mount=type=cache" in step.rest
            if INSTALLS.search(step.rest) and not (kept or without):
                yield step.line, "the installer's cache stays in this layer"
            if (
                "apt-get install" in step.rest
                and "rm -rf /var/lib/apt" not in step.rest
            ):
                yield (
                    step.line,
                    "apt's lists stay: a later layer cannot shrink this one",
                )


def stages_apart(stages: list[Stage]) -> Found:
    for step in installing(stages[-1]):
        yield step.line, "installer and leavings ship with the image: use two stages"


def not_root(stages: list[Stage]) -> Found:
    last = stages[-1].all("USER")[-1:]
    if not last:
        yield stages[-1].line, "no USER in the final stage: whoever breaks in is root"
    for step in last:
        if step.rest.partition(":")[0] in ("root", "0"):
            yield step.line, "the last USER is root"


def exec_form(stages: list[Stage]) -> Found:
    last = [one for word in ("ENTRYPOINT", "CMD") for one in stages[-1].all(word)[-1:]]
    if not last:
        yield stages[-1].line, "no CMD: the image does not say how it is run"
    for step in last:
        words = step.exec_form
        if words is None or (words[0] in SHELLS and "exec " not in words[-1]):
            yield step.line, "process 1 is a shell, which keeps SIGTERM for itself"


def healthcheck(stages: list[Stage]) -> Found:
    last = stages[-1].all("HEALTHCHECK")[-1:]
    if not last or "CMD" not in last[0].rest.upper().split():
        line = last[0].line if last else stages[-1].line
        yield line, "no HEALTHCHECK: nobody notices a server that hangs"


def no_secrets(stages: list[Stage]) -> Found:
    for step in (step for stage in stages for step in stage.steps):
        if step.word in ("ENV", "ARG") and SECRET.search(step.rest):
            yield step.line, "a secret in the image: whoever pulls it can read it"
        own = step.word in ("COPY", "ADD") and "--from" not in step.rest
        sources = step.sources if own else []
        if any(s.strip("./*") == "" or ".env" in s for s in sources):
            yield step.line, "copies everything, .env too: name what you want"
