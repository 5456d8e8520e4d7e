"""How long the plates model is trained and on what, and its training drawings."""

import math
import random
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch

from assets.models.plates_scenes import draw_scene
from assets.models.plates_words import caption, random_scene

CHUNK, WORDINGS = 250, 4


@dataclass(frozen=True)
class Settings:
    """How long and on what; the defaults made the model that ships."""

    build: Path
    device: str = "cpu"
    pictures: int = 50_000
    vae_steps: int = 7_000
    vae_batch: int = 64
    steps: int = 8_156
    batch: int = 256
    processes: int = 2
    seed: int = 0

    def fast(self) -> AbstractContextManager[None]:
        """bfloat16 where it is fast."""
        on = self.device == "cuda"
        return torch.autocast(self.device, torch.bfloat16, on, cache_enabled=False)


def rate(step: int, steps: int, warm: int = 100) -> float:
    """Warm-up, then half a cosine down to nothing."""
    return min(1, (step + 1) / warm) * (0.5 + 0.5 * math.cos(math.pi * step / steps))


def drawn(chunk: int, seed: int, side: int) -> tuple[np.ndarray, list[list[str]]]:
    """One chunk of training pictures (n, side, side, 3), each with its captions."""
    rng = random.Random(seed * 1_000_003 + chunk)
    scenes = [random_scene(rng) for _ in range(CHUNK)]
    pictures = np.stack([np.asarray(draw_scene(s, rng, side)) for s in scenes])
    return pictures, [[caption(s, rng) for _ in range(WORDINGS)] for s in scenes]


def drawings(settings: Settings, side: int) -> tuple[torch.Tensor, list[list[str]]]:
    """All pictures as bytes (n, 3, side, side), all captions; every core draws."""
    work = partial(drawn, seed=settings.seed, side=side)
    chunks = range(-(-settings.pictures // CHUNK))
    with ProcessPoolExecutor(settings.processes) as pool:
        done = list(pool.map(work, chunks, chunksize=4))
    pictures = torch.from_numpy(np.concatenate([one for one, _ in done]))
    return pictures.permute(0, 3, 1, 2).contiguous(), [w for _, ws in done for w in ws]
