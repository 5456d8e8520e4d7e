"""Train the plates model: drawings, then the autoencoder, then the painter.

What is done already lies in the build folder, and a new run goes on from there.
"""

import json
import time

import torch
from diffusers import AutoencoderKL

from assets.models.plates_painter import train_painter
from assets.models.plates_parts import SIDE, Parts
from assets.models.plates_settings import Settings, drawings
from assets.models.plates_vae import encoded, make_vae


def train(settings: Settings) -> tuple[Parts, AutoencoderKL]:
    """Everything, from nothing or from what the build folder holds."""
    settings.build.mkdir(parents=True, exist_ok=True)
    began, device = time.perf_counter(), settings.device
    pictures, wordings = drawings(settings, SIDE)
    print(f"{len(pictures)} drawings, {time.perf_counter() - began:.0f} s", flush=True)
    if device == "cuda":
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
        torch.backends.cudnn.benchmark = True
        pictures = pictures.cuda()
    vae = make_vae(pictures, settings)
    twice = (pictures, pictures.flip(3))
    latents = torch.cat([encoded(vae, some, device) for some in twice])
    parts, steps = train_painter(latents, wordings, settings)
    training = {
        "device": torch.cuda.get_device_name() if device == "cuda" else device,
        "torch": torch.__version__,
        "drawings": len(pictures),
        "vae_steps": settings.vae_steps,
        "steps": steps,
        "batch": settings.batch,
        "seconds": round(time.perf_counter() - began),
    }
    (settings.build / "training.json").write_text(json.dumps(training))
    return parts, vae
