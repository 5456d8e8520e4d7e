"""Settings arrive like anything else: a test gives others, a route does not notice.

Try: OBSERVATORY_MOST=20 fastapi dev settings_dependency.py
"""

from functools import lru_cache
from typing import Annotated

from fastapi import Depends, FastAPI, Query
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="OBSERVATORY_")

    most: int = 50


@lru_cache  # the environment is read once, at the first request
def get_settings() -> Settings:
    return Settings()


def read_limit(
    settings: Annotated[Settings, Depends(get_settings)],
    limit: Annotated[int, Query(ge=0)] = 10,
) -> int:
    return min(settings.most, limit)


app = FastAPI()


@app.get("/sightings")
async def list_sightings(limit: Annotated[int, Depends(read_limit)]) -> dict[str, int]:
    return {"limit": limit}
