"""What the trained plates model can do: its figures, its card and its sample sheet."""

import json
import random
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoPipelineForText2Image, DiffusionPipeline
from PIL import Image

from assets.models.plates_checker import score, seen, true_drawings
from assets.models.plates_scenes import (
    COLOURS,
    LIGHTS,
    PLACES,
    SMALL_WORDS,
    SUBJECTS,
    Scene,
    grid,
    random_scene,
)

EXAMPLES = (
    "a red boat on the sea at dusk, with a yellow sun",
    "a white owl on a hill at night, with a yellow moon",
    "a blue butterfly in the sky by day",
    "a green tree in the snow by day, with an orange sun",
    "a pink balloon on a dune at dusk",
    "a white lighthouse on the sea at night, with a white moon",
    "a red mushroom in the snow at night, with an orange moon",
    "a yellow bird over the sea by day, with a red sun",
)


def opened(folder: Path, device: str = "cpu") -> DiffusionPipeline:
    dtype = torch.float16 if device == "cuda" else torch.float32
    pipe = AutoPipelineForText2Image.from_pretrained(folder, dtype=dtype).to(device)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def unseen_scenes(number: int, seed: int) -> list[Scene]:
    """Held-out scenes: combinations of subject, colour and place never trained on."""
    rng = random.Random(seed)
    return [random_scene(rng, unseen=True) for _ in range(number)]


def painted(
    pipe: DiffusionPipeline,
    prompts: Sequence[str],
    steps: int,
    guidance: float,
    seed: int,
) -> list[Image.Image]:
    """One picture a prompt, each from a noise of its own number."""
    images: list[Image.Image] = []
    batch = 128 if pipe.device.type == "cuda" else 8
    for at in range(0, len(prompts), batch):
        some = list(prompts[at : at + batch])
        dice = [torch.Generator().manual_seed(seed + at + k) for k in range(len(some))]
        wanted = {"num_inference_steps": steps, "guidance_scale": guidance}
        images += pipe(some, generator=dice, **wanted).images
    return images


def scored(
    scenes: list[Scene], images: list[Image.Image], jobs: int
) -> dict[str, float]:
    """The checker's shares, looked at by several processes."""
    size = -(-len(scenes) // jobs)
    cuts = [slice(at, at + size) for at in range(0, len(scenes), size)]
    if jobs == 1:
        return score(scenes, images)
    # New processes: a copy of this one would share its GPU.
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        parts = list(
            pool.map(score, [scenes[c] for c in cuts], [images[c] for c in cuts])
        )
    sizes = [len(scenes[c]) for c in cuts]
    return {
        name: round(
            sum(p[name] * n for p, n in zip(parts, sizes, strict=True)) / sum(sizes), 4
        )
        for name in parts[0]
    }


def measured(
    pipe: DiffusionPipeline,
    number: int,
    steps: int,
    guidance: float,
    seed: int,
    jobs: int,
) -> dict[str, Any]:
    """Quality on unseen scenes, with all that is needed to measure it again."""
    scenes = unseen_scenes(number, seed)
    images = painted(pipe, [s.prompt() for s in scenes], steps, guidance, seed)
    shares = scored(scenes, images, jobs)
    return {"n": number, "steps": steps, "guidance": guidance, "seed": seed, **shares}


def best_guidance(pipe: DiffusionPipeline, number: int, steps: int, jobs: int) -> float:
    """Chosen on scenes and noises other than those of the figures in the card."""
    tried = {}
    for guidance in (1.5, 2.0, 3.0, 4.5):
        got = measured(pipe, number // 2, steps, guidance, 70_000, jobs)
        tried[guidance] = got["all"]
        print("guidance", guidance, got, flush=True)
    return max(tried, key=lambda guidance: tried[guidance])


def card(guidance: float, steps: int, quality: Any, training: Any) -> dict[str, Any]:
    return {
        "name": "plates-sd",
        "rung": "tiny",
        "what": "a tiny Stable Diffusion, trained by this course on its own drawings",
        "size": 128,
        "steps": steps,
        "guidance": guidance,
        "words": {
            "subjects": list(SUBJECTS),
            "colours": list(COLOURS),
            "places": list(PLACES),
            "lights": list(LIGHTS),
            "small": list(SMALL_WORDS),
        },
        "prompt": "a COLOUR SUBJECT PLACE LIGHT[, with a COLOUR sun|moon]",
        "examples": list(EXAMPLES),
        "held_out": "never drawn for training: every combination of subject, colour and "
        "place whose numbers in these lists add up to a multiple of 8 (one in eight)",
        "quality": quality,
        "checker_on_true_drawings": true_drawings(),
        "training": training,
    }


def sheet(pipe: DiffusionPipeline, path: Path, guidance: float, steps: int) -> None:
    """The examples as one picture."""
    images = painted(pipe, EXAMPLES, steps, guidance, seed=1)
    sheet = grid([i.resize((192, 192), Image.Resampling.LANCZOS) for i in images], 4)
    sheet.quantize(192).save(path, optimize=True)


def one_picture(folder: Path, steps: int, guidance: float) -> float:
    """Seconds of one thread for one picture on this CPU, once it is warm."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    pipe = opened(folder)
    painted(pipe, EXAMPLES[:1], 2, guidance, 0)
    began = time.process_time()
    painted(pipe, EXAMPLES[:1], steps, guidance, 0)
    torch.set_num_threads(before)
    return round(time.process_time() - began, 2)


def miss_list(scenes: list[Scene], images: list[Image.Image]) -> list[int]:
    return [
        k for k, (s, i) in enumerate(zip(scenes, images, strict=True)) if seen(i) != s
    ]


def write_card(folder: Path, content: dict[str, Any]) -> None:
    text = json.dumps(content, indent=2) + "\n"
    (folder / "course-model.json").write_text(text, "utf-8")


def finish(folder: Path, training: Any, device: str, number: int, jobs: int) -> None:
    """Measure the saved model, and write its card and its sample sheet."""
    pipe, steps = opened(folder, device), 20
    guidance = best_guidance(pipe, number, steps, jobs)
    quality = [
        measured(pipe, number, count, guidance, 1_000, jobs) for count in (steps, 10)
    ]
    print("final", *quality, sep="\n", flush=True)
    write_card(folder, card(guidance, steps, quality, training))
    sheet(pipe, folder.with_suffix(".png"), guidance, steps)
