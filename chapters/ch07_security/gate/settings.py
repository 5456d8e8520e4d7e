"""What the gate is told from outside. A secret is never printed, not even in errors.

Try: print(Settings(csrf_key="x" * 32))
"""

from typing import Annotated

from pydantic import Field, PositiveFloat, PositiveInt, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    # A key that is too short is refused without being repeated in the log.
    model_config = SettingsConfigDict(env_prefix="GATE_", hide_input_in_errors=True)

    csrf_key: Annotated[SecretStr, Field(min_length=32)]  # no default: no key, no start
    database_url: str = "sqlite+aiosqlite:///gate.db"
    front_ends: frozenset[str] = frozenset()  # origins whose pages may call us
    session_hours: PositiveFloat = 12
    account_attempts: PositiveInt = 5  # a minute, from one address
    address_attempts: PositiveInt = 60  # a minute, for all accounts together
    argon2_kib: Annotated[int, Field(ge=8)] = 19_456  # OWASP's minimum: 19 MiB, twice
    argon2_passes: PositiveInt = 2
    docs: bool = False  # who explores the API of a stranger begins with its docs
