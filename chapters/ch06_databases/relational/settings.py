"""Where the tables are kept. Try: DATABASE_URL=postgresql+psycopg://... in front."""

from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    """Each is read from the environment variable of its name."""

    database_url: str = "sqlite+aiosqlite:///observatory.db"
    # How long a writer waits for another one before it gives up.
    database_busy_seconds: float = 5
    # For lessons; a real project leaves its tables to migrations.
    database_create_tables: bool = True
