# expect: I gave you a bad HIDE_VISITORS and got

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class HideSettings(BaseSettings):
    """HIDE_WARDEN, HIDE_PASSWORD and HIDE_VISITORS; .env below the environment."""

    model_config = SettingsConfigDict(
        env_prefix="HIDE_", extra="ignore", hide_input_in_errors=True
    )

    warden: str
    password: SecretStr
    visitors: int = 20
