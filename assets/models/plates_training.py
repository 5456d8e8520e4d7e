"""Train the plates model: drawings, then the autoencoder, then the painter.

What is done already lies in the build folder, and a new run goes on from there.
"""

import json
import math
import random
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL

from assets.models.plates_parts import TOKENS, Parts, autoencoder, painters, scheduler
from assets.models.plates_scenes import caption, draw_scene, random_scene

CHUNK, WORDINGS = 250, 4
PACE, PROBE, EVERY = 1e-3, 100, 500


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
    seconds: int = 0  # when given, as many steps of the painter as fit into it

    def fast(self) -> AbstractContextManager[None]:
        """bfloat16 where it is fast."""
        on = self.device == "cuda"
        return torch.autocast(self.device, torch.bfloat16, on, cache_enabled=False)


# -- drawings ------------------------------------------------------------------


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


def to_signal(pictures: torch.Tensor) -> torch.Tensor:
    return pictures.float() / 127.5 - 1


# -- the autoencoder -----------------------------------------------------------


def edges(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """How much neighbouring pixels differ otherwise: what makes lines crisp."""
    off = one - other
    down, right = off.diff(dim=2).abs().mean(), off.diff(dim=3).abs().mean()
    return down + right


def rate(step: int, steps: int, warm: int = 100) -> float:
    """Warm-up, then half a cosine down to nothing."""
    return min(1, (step + 1) / warm) * (0.5 + 0.5 * math.cos(math.pi * step / steps))


def train_vae(pictures: torch.Tensor, settings: Settings) -> AutoencoderKL:
    torch.manual_seed(settings.seed)
    vae = autoencoder().to(settings.device, memory_format=torch.channels_last)
    adam = torch.optim.AdamW(vae.parameters(), lr=2e-3, betas=(0.9, 0.99))
    began = time.perf_counter()
    for step in range(settings.vae_steps):
        adam.param_groups[0]["lr"] = 2e-3 * rate(step, settings.vae_steps)
        index = torch.randint(len(pictures), (settings.vae_batch,))
        x = to_signal(pictures[index.to(pictures.device)].to(settings.device))
        with settings.fast():
            mean = vae.encode(x).latent_dist.mean
            out = vae.decode(mean + 0.05 * torch.randn_like(mean)).sample.float()
        loss = F.mse_loss(out, x) + F.l1_loss(out, x) + 0.5 * edges(out, x)
        loss = loss + 1e-3 * mean.float().square().mean()
        adam.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        adam.step()
        if step % 500 == 499 or step == 9:
            told = f"vae {step + 1}: loss {loss.item():.4f}, off by "
            told += f"{(out - x).abs().mean().item() * 127.5:.2f}/255"
            print(told, f"{time.perf_counter() - began:.0f} s", flush=True)
    return vae.eval().requires_grad_(False)


@torch.no_grad()
def encoded(vae: AutoencoderKL, pictures: torch.Tensor, device: str) -> torch.Tensor:
    """The pictures' latents (n, 8, 16, 16)."""
    parts = pictures.split(500)
    signals = (to_signal(part.to(device)) for part in parts)
    return torch.cat([vae.encode(x).latent_dist.mean for x in signals])


@torch.no_grad()
def standardised(vae: AutoencoderKL, pictures: torch.Tensor, device: str) -> None:
    """Give every latent channel mean 0 and deviation 1, inside the 1 x 1 convolutions."""
    latents = encoded(vae, pictures[:4000], device)
    mean, deviation = latents.mean((0, 2, 3)), latents.std((0, 2, 3))
    after, before = vae.quant_conv, vae.post_quant_conv
    before.bias += (before.weight[:, :, 0, 0] * mean).sum(1)
    before.weight *= deviation[None, :, None, None]
    count = len(mean)
    after.bias[:count] = (after.bias[:count] - mean) / deviation
    after.weight[:count] /= deviation[:, None, None, None]


def make_vae(pictures: torch.Tensor, settings: Settings) -> AutoencoderKL:
    """The trained autoencoder, from the build folder if it lies there."""
    folder = settings.build / "vae"
    if (folder / "config.json").exists():
        vae = AutoencoderKL.from_pretrained(folder)
        return vae.to(settings.device).eval().requires_grad_(False)
    vae = train_vae(pictures, settings)
    standardised(vae, pictures, settings.device)
    vae.save_pretrained(folder)
    return vae


# -- the painter ---------------------------------------------------------------


def token_ids(parts: Parts, wordings: list[list[str]]) -> torch.Tensor:
    """The captions' ids (n, wordings, tokens)."""
    flat = [text for texts in wordings for text in texts]
    form = {"padding": "max_length", "truncation": True, "return_tensors": "pt"}
    ids = parts.tokenizer(flat, max_length=TOKENS, **form).input_ids
    return ids.view(len(wordings), WORDINGS, TOKENS)


@dataclass
class Course:
    """The state of a training: enough to stop and to go on."""

    parts: Parts
    adam: torch.optim.AdamW
    mean: list[torch.Tensor]
    step: int = 0

    def weights(self) -> list[torch.nn.Parameter]:
        return [*self.parts.text.parameters(), *self.parts.unet.parameters()]

    def save(self, path: Path) -> None:
        state = {
            "step": self.step,
            "mean": self.mean,
            "adam": self.adam.state_dict(),
            "weights": [w.detach() for w in self.weights()],
        }
        torch.save(state, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)

    @torch.no_grad()
    def load(self, path: Path) -> None:
        state = torch.load(path, map_location=self.mean[0].device, weights_only=True)
        self.step, self.mean = state["step"], state["mean"]
        self.adam.load_state_dict(state["adam"])
        for weight, saved in zip(self.weights(), state["weights"], strict=True):
            weight.copy_(saved)

    @torch.no_grad()
    def average(self) -> None:
        """Move the running mean of the weights: it paints better than the last ones."""
        self.step += 1
        decay = min(0.999, (1 + self.step) / (10 + self.step))
        torch._foreach_lerp_(self.mean, [w.detach() for w in self.weights()], 1 - decay)

    @torch.no_grad()
    def finish(self) -> Parts:
        for weight, mean in zip(self.weights(), self.mean, strict=True):
            weight.copy_(mean)
        return self.parts


def enrolled(settings: Settings) -> Course:
    torch.manual_seed(settings.seed)
    device = settings.device
    parts = painters()
    parts.text.to(device)
    parts.unet.to(device)
    weights = [*parts.text.parameters(), *parts.unet.parameters()]
    speed = torch.tensor(PACE, device=device)
    form = {"fused": True, "capturable": device == "cuda"}
    adam = torch.optim.AdamW(weights, lr=speed, weight_decay=0.01, **form)
    return Course(parts, adam, [w.detach().clone() for w in weights])


def lesson(
    course: Course, latents: torch.Tensor, ids: torch.Tensor, settings: Settings
) -> Callable[[], torch.Tensor]:
    """One step of v-prediction; one caption in ten is left empty, for guidance."""
    count, device = settings.batch, settings.device
    empty = token_ids(course.parts, [[""] * WORDINGS])[0, 0].to(device)
    kept = scheduler().alphas_cumprod.to(device)
    weights, unet, text = course.weights(), course.parts.unet, course.parts.text

    def step() -> torch.Tensor:
        index = torch.randint(len(latents), (count,), device=device)
        said = torch.randint(WORDINGS, (count,), device=device)
        silent = torch.rand(count, 1, device=device) < 0.1
        words = torch.where(silent, empty, ids[index, said])
        x, t = latents[index], torch.randint(1000, (count,), device=device)
        noise = torch.randn_like(x)
        a, b = (k.sqrt()[:, None, None, None] for k in (kept[t], 1 - kept[t]))
        with settings.fast():
            states = text(words)[0]
            guess = unet(a * x + b * noise, t, encoder_hidden_states=states).sample
        loss = F.mse_loss(guess.float(), a * noise - b * x)
        course.adam.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        course.adam.step()
        return loss.detach()

    return step


def recorded(step: Callable[[], torch.Tensor]) -> Callable[[], torch.Tensor]:
    """The step as one CUDA graph: small kernels wait for Python no longer."""
    aside = torch.cuda.Stream()
    aside.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(aside):
        for _ in range(4):
            step()
    torch.cuda.current_stream().wait_stream(aside)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        loss = step()

    # The graph reads and writes memory that belongs to the step: it must live on.
    holds = graph, step, loss

    def replay() -> torch.Tensor:
        holds[0].replay()
        return holds[2]

    return replay


def train_painter(
    latents: torch.Tensor, wordings: list[list[str]], settings: Settings
) -> tuple[Parts, int]:
    """The painter, and the number of its steps."""
    course, path = enrolled(settings), settings.build / "painter.pt"
    if path.exists():
        course.load(path)
    # Every drawing is there twice, mirrored, with the same captions.
    ids = token_ids(course.parts, wordings).to(settings.device).repeat(2, 1, 1)
    torch.manual_seed(settings.seed + course.step)
    step = lesson(course, latents, ids, settings)
    course.adam.param_groups[0]["lr"].fill_(PACE * rate(course.step, settings.steps))
    if settings.device == "cuda":
        step = recorded(step)
    began, steps, total = time.perf_counter(), settings.steps, 0.0
    while course.step < steps:
        course.adam.param_groups[0]["lr"].fill_(PACE * rate(course.step, steps, 300))
        total = total + step()
        course.average()
        if settings.seconds and course.step == PROBE:
            total = total.cpu()  # waits for the device
            took = time.perf_counter() - began
            steps = int(settings.seconds / took * PROBE)
            print(f"{took / PROBE * 1000:.1f} ms a step: {steps} steps", flush=True)
        if course.step % EVERY == 0 or course.step == PROBE:
            mean = float(total) / (course.step % EVERY or EVERY)
            told = f"painter {course.step}: loss {mean:.4f}"
            print(told, f"{time.perf_counter() - began:.0f} s", flush=True)
            total = total if course.step == PROBE else 0.0
        if course.step % (10 * EVERY) == 0:
            course.save(path)
    course.save(path)
    return course.finish(), course.step


def train(settings: Settings) -> tuple[Parts, AutoencoderKL]:
    """Everything, from nothing or from what the build folder holds."""
    settings.build.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    pictures, wordings = drawings(settings, autoencoder().config.sample_size)
    print(f"{len(pictures)} drawings {time.perf_counter() - began:.0f} s", flush=True)
    if settings.device == "cuda":
        torch.backends.cuda.matmul.allow_tf32 = True
        torch.backends.cudnn.allow_tf32 = True
        torch.backends.cudnn.benchmark = True
        pictures = pictures.cuda()
    vae = make_vae(pictures, settings)
    flipped = pictures.flip(3)
    latents = torch.cat([encoded(vae, p, settings.device) for p in (pictures, flipped)])
    del pictures, flipped
    parts, steps = train_painter(latents, wordings, settings)
    took = round(time.perf_counter() - began)
    told = {"steps": steps, "seconds": took}
    (settings.build / "training.json").write_text(json.dumps(told))
    return parts, vae
