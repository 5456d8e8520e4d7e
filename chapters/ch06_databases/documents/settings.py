"""Where the documents are kept, and which driver asks for them.

Try: MONGODB_DRIVER=pymongo in front of the command
"""

from typing import Literal

from pydantic_settings import BaseSettings

Driver = Literal["motor", "pymongo"]


class Settings(BaseSettings):
    """Each is read from the environment variable of its name."""

    mongodb_url: str = "mongodb://127.0.0.1:27017"
    mongodb_database: str = "observatory"
    mongodb_driver: Driver = "motor"
    # How long to look for a server before giving up.
    mongodb_patience_ms: int = 2000
