"""What is watched, and where its lines, numbers, errors and spans go."""

from pathlib import Path
from typing import Literal

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="WATCH_")

    app: str = "chapters.ch14_text_to_image.studio.app:app"
    worker: str = "chapters.ch14_text_to_image.studio.worker:queue"
    queues: tuple[str, ...] = ("plates",)  # whose length is asked for
    service: str = "studio"

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["json", "text"] = "json"
    access_lines: bool = False  # the server's own; ours say more
    log_file: Path | None = None  # otherwise stderr, which the platform collects
    metrics_token: SecretStr | None = None  # without one nobody reads /metrics
    sentry_dsn: SecretStr | None = None
    traces: Path | None = None  # a file of spans, a JSON object a line
