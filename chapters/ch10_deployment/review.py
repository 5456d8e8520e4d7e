"""Read a Dockerfile as somebody would who has to run it.

Run: python -m chapters.ch10_deployment.review DOCKERFILE
"""

import sys
from dataclasses import dataclass
from pathlib import Path

from chapters.ch10_deployment import dockerfile_rules as rules
from chapters.ch10_deployment.dockerfile import parse


@dataclass(frozen=True)
class Finding:
    rule: str
    line: int
    why: str


RULES = (
    *(rules.pinned, rules.cached, rules.hashes, rules.no_leavings),
    *(rules.stages_apart, rules.not_root, rules.exec_form),
    *(rules.healthcheck, rules.no_secrets),
)


def review(text: str) -> list[Finding]:
    """What is broken, in the order of the rules."""
    stages = parse(text)
    return [
        Finding(rule.__name__.replace("_", " "), line, why)
        for rule in RULES
        for line, why in rule(stages)
    ]


if __name__ == "__main__":
    for one in review(Path(sys.argv[1]).read_text("utf-8")):
        print(f"line {one.line}: {one.rule}: {one.why}")
