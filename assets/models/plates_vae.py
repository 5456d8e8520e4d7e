"""The autoencoder of the plates: pictures to latents of 8 x 16 x 16, and back."""

import time

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL

from assets.models.plates_parts import autoencoder
from assets.models.plates_settings import Settings, rate


def to_signal(pictures: torch.Tensor) -> torch.Tensor:
    return pictures.float() / 127.5 - 1


def edges(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """How much neighbouring pixels differ otherwise: what makes lines crisp."""
    off = one - other
    down, right = off.diff(dim=2).abs().mean(), off.diff(dim=3).abs().mean()
    return down + right


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
    """Mean 0 and deviation 1 for each latent channel, by the 1 x 1 convolutions."""
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
