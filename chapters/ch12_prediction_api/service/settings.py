"""What differs between installations; PENGUIN_MODELS and so on set it."""

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).parents[3]


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="PENGUIN_")

    models: Path = ROOT / "work" / "ch12_models"  # a folder for each version
    version: str = "2026.1"
    cache: Path = ROOT / "work" / "ch12_cache"
    # No default: where nobody has set a key, nobody may change the model.
    admin_key: SecretStr | None = None
