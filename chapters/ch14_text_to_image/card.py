"""What a model says of itself: its usual steps, its guidance, the words that it knows.

Try: unknown_words("a red zebra", Card.read(SHIPPED).words)
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

# Distilled, it needs few steps; the figures are those of its model card on the hub.
FEW_STEPS = {"SimianLuo/LCM_Dreamshaper_v7": (4, 8.0)}


@dataclass(frozen=True)
class Card:
    """What must be known of a model before it is asked; its own file says so."""

    steps: int = 50
    guidance: float = 7.5
    words: tuple[str, ...] | None = None  # None: it has a word for everything

    @classmethod
    def read(cls, folder: Path, name: str = "") -> Self:
        """From course-model.json; a hub model has none, and takes what is usual."""
        file = folder / "course-model.json"
        if not file.exists():
            return cls(*FEW_STEPS.get(name, ()))
        told = json.loads(file.read_text("utf-8"))
        lists = told["words"].values() if isinstance(told["words"], dict) else []
        phrases = [phrase for one in lists or [told["words"]] for phrase in one]
        return cls(told["steps"], told["guidance"], tuple(words_of(" ".join(phrases))))


def words_of(text: str) -> list[str]:
    """Its words, small, each once, in the order in which they stand."""
    return list(dict.fromkeys(re.findall(r"[^\W_]+", text.lower())))


def unknown_words(prompt: str, known: Iterable[str] | None) -> list[str]:
    if known is None:
        return []
    return [word for word in words_of(prompt) if word not in set(known)]
