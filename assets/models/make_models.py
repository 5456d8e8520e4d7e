"""Rebuild the tiny models that ship with the course. Run: make models WHICH=plates"""

import json
import os
import platform
from pathlib import Path
from typing import Annotated

import typer

ROOT = Path(__file__).resolve().parents[2]
MODELS, BUILD = ROOT / "assets" / "models", ROOT / "build" / "models"
app = typer.Typer(add_completion=False, help=__doc__)
Device = Annotated[str, typer.Option(help="cpu or cuda; chosen when left out")]


@app.callback()
def models() -> None:
    """Rebuild the tiny models that ship with the course."""


@app.command()
def plates(
    out: Path = MODELS / "plates-sd",
    build: Path = BUILD / "plates",
    device: Device = "",
    pictures: int = 50_000,
    vae_steps: int = 7_000,
    steps: int = 8_156,
    batch: int = 256,
    number: Annotated[int, typer.Option(help="pictures a quality figure")] = 512,
    seconds: Annotated[int, typer.Option(help="as many steps as fit")] = 0,
) -> None:
    """Our tiny Stable Diffusion, from drawings: minutes on a GPU, a day on a CPU."""
    import torch

    from assets.models import plates_parts, plates_report, plates_training

    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    jobs = os.cpu_count() or 2
    settings = plates_training.Settings(
        build, device, pictures, vae_steps, 64, steps, batch, jobs, 0, seconds
    )
    parts, vae = plates_training.train(settings)
    pipe = plates_parts.pipeline(parts, vae).to("cpu", torch.float16)
    pipe.save_pretrained(out)
    training = {
        "device": torch.cuda.get_device_name() if device == "cuda" else device,
        "torch": torch.__version__,
        "python": platform.python_version(),
        "drawings": pictures,
        "vae_steps": vae_steps,
        "batch": batch,
        **json.loads((build / "training.json").read_text()),
    }
    plates_report.finish(out, training, device, number, jobs)


if __name__ == "__main__":
    app()
