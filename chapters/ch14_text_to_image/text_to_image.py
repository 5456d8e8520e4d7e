"""A diffusion pipeline as a class: cheap to make, loaded when you say so.

Try: python -m chapters.ch14_text_to_image.draw "a red boat on the sea at night"
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from PIL import Image

from chapters.ch13_object_detection.ladder import Model, choose
from chapters.ch14_text_to_image.card import Card

SHIPPED = Path(__file__).parents[2] / "assets" / "models" / "plates-sd"
HUB = "stable-diffusion-v1-5/stable-diffusion-v1-5"
FILES = ("*.json", "*.txt", "*[!6].safetensors")  # no .fp16., no other frameworks
OnStep = Callable[[int, int], None]  # (steps done, steps in all)


class Withheld(ValueError):
    """The model has a safety checker, and it did not let the picture pass."""


class TextToImage:
    """One pipeline. It is not thread-safe: ask it from one thread at a time."""

    def __init__(self, model: Model, threads: int = 1) -> None:
        self.model = model
        self.card = Card.read(Path(model.path))
        self.threads = threads
        self.pipe: Any = _missing

    @classmethod
    def chosen(cls, shipped: Path = SHIPPED, threads: int = 1) -> Self:
        """The model of $LEVEL: the course's own, or the hub's out of the cache."""
        return cls(choose(shipped, "Plates", HUB, allow=FILES), threads)

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
            negative_prompt=negative_prompt,
            num_inference_steps=self.card.steps if steps is None else steps,
            guidance_scale=self.card.guidance,
            generator=torch.Generator("cpu").manual_seed(seed),
            callback_on_step_end=report,
        )
        return passed(made)


def _missing(*_: object, **__: object) -> Any:
    raise RuntimeError("The model is not loaded: call load() first.")


def passed(made: Any) -> Image.Image:
    """The first of its pictures, unless the model's safety checker blackened it."""
    if any(getattr(made, "nsfw_content_detected", None) or ()):
        raise Withheld("The model's safety checker withheld this picture.")
    picture: Image.Image = made.images[0]
    return picture
