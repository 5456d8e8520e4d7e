"""Which model a service loads: decided once, by one function, before it is built.

LEVEL=tiny (the default) is the model that ships with the course; LEVEL=full is the
hub's, out of the local cache. Only MODELS=download fetches what the cache lacks.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class ModelMissing(RuntimeError):
    """The model that was asked for is not on this machine; says the remedy."""


@dataclass(frozen=True)
class Model:
    """What a service loads, and what every answer names."""

    name: str  # "NanoDet-g", or the hub's id
    path: str  # a local folder, for from_pretrained
    rung: str  # "tiny" | "full"
    source: str  # "shipped" | "hub-cache" | "hub"
    device: str  # "cuda" | "mps" | "cpu"


def choose(
    shipped: Path,
    name: str,
    hub_id: str,
    *,
    level: str | None = None,
    allow: Sequence[str] | None = None,
) -> Model:
    """The model of a level ("tiny", "full"; else of $LEVEL), as a local folder.

    `allow` are the patterns of the files that the hub's model needs. Raises ValueError
    for an unknown level or device, ModelMissing when the files cannot be had.
    """
    level = level or os.environ.get("LEVEL") or "tiny"
    if level not in ("tiny", "full"):
        raise ValueError(f"LEVEL={level}: use tiny or full.")
    if level == "full":
        path, source = from_hub(hub_id, list(allow) if allow else None)
        return Model(hub_id, path, level, source, device())
    if not (shipped / "config.json").exists() | (shipped / "model_index.json").exists():
        raise ModelMissing(f"{name} should lie in {shipped}. Restore it from git.")
    return Model(name, str(shipped), level, "shipped", device("cpu"))


def device(default: str | None = None) -> str:
    """$DEVICE, else the default, else the best that torch sees on this machine."""
    wanted = os.environ.get("DEVICE") or default
    if wanted == "cpu":
        return wanted
    import torch  # seconds: only who asks for more than the CPU waits for them

    have = {"cuda": torch.cuda.is_available(), "mps": torch.mps.is_available()}
    have["cpu"] = True
    found = [name for name, there in have.items() if there]
    if wanted and wanted not in found:
        raise ValueError(f"DEVICE={wanted}: this machine has {', '.join(found)}.")
    return wanted or found[0]


def from_hub(hub_id: str, allow: list[str] | None) -> tuple[str, str]:
    """The folder of a hub model, and "hub-cache" or "hub": the cache is asked first."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        found = snapshot_download(hub_id, allow_patterns=allow, local_files_only=True)
    except LocalEntryNotFoundError:
        return download(hub_id, allow), "hub"
    return found, "hub-cache"


def download(hub_id: str, allow: list[str] | None) -> str:
    """Fetch, if MODELS=download says so. Gives up after one try: from_pretrained
    itself would try five times, a minute in all."""
    from huggingface_hub import snapshot_download

    tiny = "LEVEL=tiny takes the small model that ships with the course."
    if os.environ.get("MODELS") != "download":
        raise ModelMissing(
            f"LEVEL=full wants {hub_id}, which is not in this machine's hub cache. "
            f"MODELS=download fetches it once (it may be gigabytes). {tiny}"
        )
    try:
        return snapshot_download(hub_id, allow_patterns=allow, etag_timeout=5)
    except Exception as error:  # a proxy, a disk, a wrong id: each has its own class
        raise ModelMissing(
            f"{hub_id} could not be fetched: {type(error).__name__}. {tiny}"
        ) from error
