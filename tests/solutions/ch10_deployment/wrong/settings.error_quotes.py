# expect: and the error shows the password
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class HideSettings(BaseSettings):
    """HIDE_WARDEN, HIDE_PASSWORD and HIDE_VISITORS; .env below the environment."""

    model_config = SettingsConfigDict(env_prefix="HIDE_", extra="ignore")

    warden: str
    password: SecretStr
    visitors: Annotated[int, Field(ge=1)] = 20
