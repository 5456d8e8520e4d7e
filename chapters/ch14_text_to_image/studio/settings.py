"""What differs between installations. Try: STUDIO_PAINTER=stand-in in front.

Addresses have the names that the services' own tools use, the rest begins with STUDIO_.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).parents[3]
FILE = ROOT / "work" / "ch14_studio.db"


def address(variable: str, default: Any) -> Any:
    """A setting whose variable has the name that everybody knows."""
    return Field(default=default, validation_alias=variable)


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="STUDIO_", env_file=".env", extra="ignore"
    )

    # Where everything is. Nothing else is shared between the machines.
    database_url: str = address("DATABASE_URL", f"sqlite+aiosqlite:///{FILE}")
    redis_url: str = address("REDIS_URL", "redis://127.0.0.1:6379/0")
    s3_endpoint: str = address("S3_ENDPOINT", "http://127.0.0.1:8333")
    s3_access_key: str = address("S3_ACCESS_KEY", "")
    s3_secret_key: SecretStr = address("S3_SECRET_KEY", SecretStr(""))
    namespace: str = "studio"  # of our keys in Redis: others may use it too
    s3_region: str = "us-east-1"
    bucket: str = "plates"
    # A link holds for the host that it was signed for: the one that browsers know.
    public_s3_endpoint: str = ""

    # What draws. The stand-in waits where a model computes; it is for other lessons.
    painter: Literal["diffusion", "stand-in"] = "diffusion"
    level: str = address("LEVEL", "tiny")
    hub_model: str = address("HUB_MODEL", "")  # for "full"; else Stable Diffusion
    model_folder: Path = ROOT / "assets" / "models" / "plates-sd"
    torch_threads: int = 1
    stand_in_seconds: float = 0.05  # of each step

    link_seconds: int = Field(default=300, ge=1, le=7 * 24 * 3600)  # S3 allows a week
    queue_most: int = 100  # orders that may wait; more are refused
    watch_seconds: float = 0.2  # between two looks at a plate that somebody watches

    attempts: int = 3
    # Shorter than the heartbeat's: when a job comes back, its lease has ended.
    lease_seconds: float = 8
    heartbeat_seconds: float = 10  # silence after which a worker counts as dead
    beat_seconds: float = 0.25  # between two reports of a running job
    job_seconds: float = 900
    retry_seconds: float = 1  # before a failed job is tried again; doubled each time
    poll_seconds: float = 0.03  # how long an idle worker may oversleep an order
    prefetch: int = 1  # 0 leaves it to Dramatiq: two for each thread

    database_busy_seconds: float = 5
    database_patience: float = 60  # a worker's, before it gives a job back
    storage_patience: float = 60
    relay_seconds: float = 0.5
    lost_seconds: float = 600  # without any sign of life, an order is sent again


def read(variables: Mapping[str, str]) -> Settings:
    """From a mapping such as a child's environment, instead of from our own."""
    prefix = "STUDIO_"
    ours = {k: v for k, v in variables.items() if k.startswith(prefix)}
    named = {k.removeprefix(prefix).lower(): v for k, v in ours.items()}
    given: dict[str, Any] = {**variables, **named}
    return Settings(**given)
