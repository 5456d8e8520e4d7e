"""A diffusion pipeline as a class: cheap to make, loaded when you say so.

Try: python -m chapters.ch14_text_to_image.draw "a red boat on the sea at night"
"""

import os
from collections.abc import Callable
from inspect import signature
from pathlib import Path
from typing import Any, Self

from PIL import Image

from chapters.ch13_object_detection.ladder import Model, choose
from chapters.ch14_text_to_image.card import Card

SHIPPED = Path(__file__).parents[2] / "assets" / "models" / "plates-sd"
HUB = "stable-diffusion-v1-5/stable-diffusion-v1-5"
# What a pipeline loads: its parts. The hub has the same weights once more, as one file,
# in half length and for other frameworks: gigabytes that nobody reads.
PARTS = ("*/model.safetensors", "*/diffusion_pytorch_model.safetensors")
FILES = ("*.json", "*.txt", *PARTS)
OnStep = Callable[[int, int], None]  # (steps done, steps in all)


class Hopeless(ValueError):
    """Tried again, it would end the same."""


class Withheld(Hopeless):
    """The model has a safety checker, and it did not let the picture pass."""


class TextToImage:
    """One pipeline. It is not thread-safe: ask it from one thread at a time."""

    def __init__(self, model: Model, threads: int = 1) -> None:
        self.model = model
        self.card = Card.read(Path(model.path), model.name)
        self.threads = threads
        self.pipe: Any = _missing

    @classmethod
    def chosen(
        cls, shipped: Path = SHIPPED, threads: int = 1, level: str = "", hub: str = ""
    ) -> Self:
        """Of $LEVEL, unless one is named: the course's own, or $HUB_MODEL's."""
        hub = hub or os.environ.get("HUB_MODEL") or HUB
        model = choose(shipped, "Plates", hub, level=level or None, allow=FILES)
        return cls(model, threads)

    def load(self) -> None:
        """Seconds: whoever imports this module, or makes an object, does not wait."""
        import torch
        from diffusers import DiffusionPipeline
        from diffusers.utils import logging
        from transformers.utils import logging as more_logging

        for library in (logging, more_logging):
            library.disable_progress_bar()
            library.set_verbosity_error()
        torch.set_num_threads(self.threads)
        cpu = self.model.device == "cpu"
        pipe = DiffusionPipeline.from_pretrained(
            self.model.path, dtype=torch.float32 if cpu else torch.float16
        ).to(self.model.device)
        pipe.set_progress_bar_config(disable=True)
        self.pipe = pipe

    def generate(
        self,
        prompt: str,
        *,
        negative_prompt: str | None = None,
        steps: int | None = None,
        seed: int = 0,
        on_step: OnStep = lambda done, total: None,
    ) -> Image.Image:
        """A picture. `on_step` may raise: that is how one stops between two steps."""
        import torch

        def report(pipe: Any, step: int, _time: Any, tensors: Any) -> Any:
            on_step(step + 1, pipe.num_timesteps)  # a scheduler may add steps
            return tensors  # not None: the pipeline goes on with what we return

        made = self.pipe(
            prompt,
            **self.without(negative_prompt),
            num_inference_steps=self.card.steps if steps is None else steps,
            guidance_scale=self.card.guidance,
            generator=torch.Generator("cpu").manual_seed(seed),
            callback_on_step_end=report,
        )
        return passed(made)

    def without(self, unwanted: str | None) -> dict[str, str]:
        """Some few-step models cannot be told, and would ignore it in silence."""
        if unwanted and "negative_prompt" not in signature(self.pipe).parameters:
            raise Hopeless(f"{self.model.name} takes no negative prompt.")
        return {"negative_prompt": unwanted} if unwanted else {}


def _missing(*_: object, **__: object) -> Any:
    raise RuntimeError("The model is not loaded: call load() first.")


def passed(made: Any) -> Image.Image:
    """The first of its pictures, unless the model's safety checker blackened it."""
    if any(getattr(made, "nsfw_content_detected", None) or ()):
        raise Withheld("The model's safety checker withheld this picture.")
    picture: Image.Image = made.images[0]
    return picture
