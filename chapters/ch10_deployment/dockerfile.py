"""A Dockerfile as data: its stages, and each stage's instructions.

Try: [stage.base for stage in parse(Path("deploy/Dockerfile").read_text())]
"""

import json
import re
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Instruction:
    """One line with its continuations: `RUN`, and all that follows the word."""

    word: str
    rest: str
    line: int

    @property
    def exec_form(self) -> list[str] | None:
        """The words of `["program", "argument"]`; None for a line for the shell."""
        try:
            words = json.loads(self.rest[self.rest.index("[") :])
        except ValueError:
            return None
        return words if words and all(isinstance(word, str) for word in words) else None

    @property
    def sources(self) -> list[str]:
        """What COPY and ADD take: `COPY a b /srv`, or `COPY ["a", "/srv"]`."""
        words = self.exec_form or self.rest.split()
        return [word for word in words if not word.startswith("--")][:-1]


@dataclass
class Stage:
    base: str
    line: int
    name: str = ""
    steps: list[Instruction] = field(default_factory=list)

    def all(self, *words: str) -> list[Instruction]:
        return [step for step in self.steps if step.word in words]


HEREDOC = re.compile(r"<<-?[\"']?(\w+)")


def instructions(text: str) -> list[Instruction]:
    """Comments and blank lines fall out, also between two continued lines."""
    found: list[Instruction] = []
    pieces: list[str] = []
    begun, until = 0, ""
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        line = line.strip()
        last = number > len(text.splitlines())
        if (not line or line.startswith("#")) and not (last and pieces):
            continue
        begun = begun or number
        pieces.append(line.removesuffix("\\").strip())
        until = until or "".join(HEREDOC.findall(line)[:1])
        if last or line == until or not (until or line.endswith("\\")):
            word, _, rest = " ".join(pieces).partition(" ")
            found.append(Instruction(word.upper(), rest.strip(), begun))
            pieces, begun, until = [], 0, ""
    return found


def parse(text: str) -> list[Stage]:
    """The stages in order. Raises ValueError for what is no Dockerfile."""
    stages: list[Stage] = []
    known: dict[str, str] = {}
    for step in instructions(text):
        if step.word == "FROM":
            words = [w for w in step.rest.split() if not w.startswith("--")]
            if not words:
                raise ValueError(f"line {step.line}: FROM names no image")
            base = re.sub(r"\$\{?(\w+)\}?", lambda m: known.get(m[1], ""), words[0])
            name = words[2] if len(words) == 3 and words[1].lower() == "as" else ""
            stages.append(Stage(base, step.line, name))
        elif stages:
            stages[-1].steps.append(step)
        elif step.word == "ARG":
            name, _, value = step.rest.partition("=")
            known[name] = value.strip("\"'")
        else:
            raise ValueError(f"line {step.line}: {step.word} stands before any FROM")
    if not stages:
        raise ValueError("there is no FROM, so there is nothing to build on")
    return stages
