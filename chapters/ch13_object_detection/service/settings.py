"""What differs between installations; WATCH_ENGINE and so on set it."""

import os
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

BODY = 6_000_000  # bytes of a request: a photo of a telephone, and no film


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="WATCH_")

    engine: Literal["torch", "int8"] = "torch"
    # One core is left for the event loop: it has frames to receive meanwhile.
    threads: int = Field(default=max(1, (os.cpu_count() or 2) - 1), ge=1)
    threshold: float = Field(default=0.4, gt=0, lt=1)
    pixels: int = 25_000_000  # of an upload, before it is decoded
    frame_bytes: int = 1_000_000
    waiting: int = 16  # who may wait for the model, before the next is sent away
    lines: int = 8  # streams that are open at once
    unread: int = 8  # answers that a client may leave unread
    patience: float = 5.0  # seconds that it may do so
