"""Migrate a local database, then serve: python -m chapters.ch10_deployment"""

import os
from pathlib import Path

import uvicorn

work = Path(__file__).parents[2] / "work"  # yours: git ignores it
work.mkdir(exist_ok=True)
for name, value in {
    "STATION_ENVIRONMENT": "local",
    "STATION_DATABASE_URL": f"sqlite+aiosqlite:///{work}/ch10_station.db",
    "STATION_ADMIN_KEY": "only-for-this-laptop",
}.items():
    os.environ.setdefault(name, value)

from chapters.ch10_deployment.station import migrate  # noqa: E402

migrate.main([])
uvicorn.run("chapters.ch10_deployment.station.main:app", host="127.0.0.1", port=8010)
