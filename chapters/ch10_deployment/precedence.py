"""Five places may hold the same setting. Which one is believed?

Run: python -m chapters.ch10_deployment.precedence
"""

import os
from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from pydantic_settings import BaseSettings, SettingsConfigDict

# From the strongest to the weakest.
PLACES = ("argument", "environment", ".env file", "secret file", "default")


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="HIDE_", extra="ignore")

    warden: str = "default"


def believed(places: Collection[str]) -> str:
    """Each of these places says its own name; what do the settings say?"""
    with TemporaryDirectory() as room, patch.dict(os.environ):
        folder = Path(room)
        if "environment" in places:
            os.environ["HIDE_WARDEN"] = "environment"
        if ".env file" in places:
            (folder / ".env").write_text("HIDE_WARDEN=.env file\nOTHER=ignored\n")
        if "secret file" in places:
            (folder / "hide_warden").write_text("secret file")
        where: dict[str, Any] = {"_env_file": folder / ".env", "_secrets_dir": folder}
        given = {"warden": "argument"} if "argument" in places else {}
        settings = Settings(**where, **given)
    return settings.warden


def table() -> list[dict[str, str]]:
    """All places first, then one less from the strong end each time."""
    rows = []
    for first in range(len(PLACES)):
        there = PLACES[first:]
        rows.append({"set in": ", ".join(there), "believed": believed(there)})
    return rows


if __name__ == "__main__":
    for row in table():
        print(f"{row['believed']:12} of {row['set in']}")
