# expect: I gave you a bad HIDE_VISITORS and got `2.5`
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class HideSettings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="HIDE_", extra="ignore", hide_input_in_errors=True
    )
    warden: str
    password: SecretStr
    visitors: float = Field(20, ge=1)
