from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class HideSettings(BaseSettings):
    """HIDE_WARDEN, HIDE_PASSWORD and HIDE_VISITORS; .env below the environment."""

    model_config = SettingsConfigDict(
        env_prefix="HIDE_", extra="ignore", hide_input_in_errors=True
    )

    warden: str
    password: SecretStr
    visitors: Annotated[int, Field(ge=1)] = 20
