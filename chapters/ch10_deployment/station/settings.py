"""All that differs between a laptop and production, typed, checked once, at the start.

Try: STATION_ENVIRONMENT=moon python -m chapters.ch10_deployment.station.settings
"""

import os
import sys
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

PREFIX = "STATION_"
SECRETS = "/run/secrets"  # where Docker and Kubernetes lay secrets down as files
BOOT_ERROR = 3  # uvicorn and gunicorn both stop, instead of trying for ever


class Limits(BaseModel):
    body_bytes: Annotated[int, Field(gt=0)] = 64_000
    seconds: Annotated[float, Field(gt=0)] = 10
    database_seconds: Annotated[int, Field(gt=0)] = 3


class Settings(BaseSettings):
    """Each is read from STATION_<NAME>; a limit from STATION_LIMITS__<NAME>."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        env_file=".env",
        extra="ignore",  # other programs keep lines in .env as well
        hide_input_in_errors=True,  # the input may be a password
        frozen=True,
    )

    environment: Literal["local", "staging", "production"]
    database_url: SecretStr
    admin_key: Annotated[SecretStr, Field(min_length=16)]
    release: str = "unknown"
    limits: Limits = Limits()

    @field_validator("database_url")
    @classmethod
    def is_a_url(cls, url: SecretStr) -> SecretStr:
        try:
            make_url(url.get_secret_value())
        except ArgumentError:
            raise ValueError("this is no database URL") from None
        return url


def misspelt() -> list[str]:
    """Variables with our prefix that no field reads."""
    known = [f"{PREFIX}{name}".upper() for name in Settings.model_fields]
    known += [f"{PREFIX}LIMITS__{name}".upper() for name in Limits.model_fields]
    known += [f"{PREFIX}SECRETS_DIR"]
    found = []
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name not in known:
            meant = get_close_matches(name, known, n=1, cutoff=0.8)
            found.append(f"{name} is unknown{f': {meant[0]}?' if meant else ''}")
    return found


def complaints(error: ValidationError) -> list[str]:
    """One line a fault, named as the reader sets it, without its value."""
    found = []
    for fault in error.errors(include_input=False, include_url=False):
        name = PREFIX + "__".join(map(str, fault["loc"])).upper()
        missing = fault["type"] == "missing"
        found.append(f"{name} {'is missing' if missing else '· ' + fault['msg']}")
    return found


@lru_cache
def read_settings() -> Settings:
    """The settings; or all that is wrong with them on stderr, and exit code 3."""
    folder = os.environ.get(f"{PREFIX}SECRETS_DIR", SECRETS)
    wrong = misspelt()
    try:
        where: dict[str, Any] = {
            "_secrets_dir": folder if Path(folder).is_dir() else None
        }
        settings = Settings(**where)
    except ValidationError as error:
        wrong = complaints(error) + wrong
    if not wrong:
        return settings
    lines = ["The station cannot start:", *(f"  {line}" for line in wrong)]
    lines += [f"Set it in the environment, in .env, or as a file in {folder}."]
    print("\n".join(lines), file=sys.stderr)
    raise SystemExit(BOOT_ERROR)


if __name__ == "__main__":
    print("in order:", repr(read_settings()))
