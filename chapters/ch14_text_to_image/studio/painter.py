"""What draws: a diffusion model, or a stand-in that waits where a model computes."""

import hashlib
import os
import signal
import time
from dataclasses import dataclass
from typing import Protocol

from PIL import Image, ImageDraw

from chapters.ch14_text_to_image.studio.settings import Settings
from chapters.ch14_text_to_image.text_to_image import OnStep, TextToImage


@dataclass(frozen=True)
class Order:
    """What is to be drawn."""

    prompt: str
    negative_prompt: str | None
    steps: int | None
    seed: int


@dataclass(frozen=True)
class Facts:
    """What a worker says of its model; every answer and the page name it."""

    model: str
    rung: str
    device: str
    steps: int
    words: list[str] | None


class Painter(Protocol):
    @property
    def facts(self) -> Facts: ...

    def load(self) -> None: ...

    def paint(self, order: Order, on_step: OnStep) -> Image.Image:
        """Draw; `on_step(done, total)` is called after each step and may raise."""


class Diffusion:
    def __init__(self, settings: Settings) -> None:
        made = TextToImage.chosen(
            settings.model_folder,
            settings.torch_threads,
            settings.level,
            settings.hub_model,
        )
        self.model = made
        words = made.card.words
        self.facts = Facts(
            made.model.name,
            made.model.rung,
            made.model.device,
            made.card.steps,
            None if words is None else list(words),
        )

    def load(self) -> None:
        self.model.load()

    def paint(self, order: Order, on_step: OnStep) -> Image.Image:
        return self.model.generate(
            order.prompt,
            negative_prompt=order.negative_prompt,
            steps=order.steps,
            seed=order.seed,
            on_step=on_step,
        )


class StandIn:
    """Takes its time, uses no CPU, and paints stripes: for lessons about queues."""

    facts = Facts("Stripes", "stand-in", "cpu", steps=10, words=None)

    def __init__(self, settings: Settings) -> None:
        self.seconds = settings.stand_in_seconds

    def load(self) -> None:
        """Nothing to load."""

    def paint(self, order: Order, on_step: OnStep) -> Image.Image:
        if "poison" in order.prompt:
            raise ValueError("I cannot paint poison")
        steps = order.steps or self.facts.steps
        for done in range(1, steps + 1):
            time.sleep(self.seconds)
            on_step(done, steps)
            if "quicksand" in order.prompt:  # as if memory ran out
                os.kill(os.getpid(), signal.SIGKILL)
        return stripes(f"{order.seed} {order.prompt}")


def stripes(text: str, side: int = 64) -> Image.Image:
    """A picture of its own for each text."""
    colours = hashlib.sha256(text.encode()).digest()
    picture = Image.new("RGB", (side, side))
    draw = ImageDraw.Draw(picture)
    for band in range(8):
        top = band * side // 8
        box = (0, top, side, top + side // 8)
        draw.rectangle(box, fill=(colours[3 * band], *colours[3 * band + 1 :][:2]))
    return picture


def painter(settings: Settings) -> Painter:
    return StandIn(settings) if settings.painter == "stand-in" else Diffusion(settings)
