"""The key that signs, and who the tokens are from and for.

Try: JWT_KEY=... fastapi dev jwt_signed.py
"""

from datetime import timedelta
from secrets import token_urlsafe
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class JwtSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="JWT_", hide_input_in_errors=True)

    # Drawn at each start, unless it is given: old tokens then end with the process.
    key: Annotated[SecretStr, Field(min_length=32)] = Field(
        default_factory=lambda: SecretStr(token_urlsafe(32))
    )
    issuer: str = "gate.reserve.example"
    audience: str = "sightings.reserve.example"
    lifetime: timedelta = timedelta(minutes=5)
