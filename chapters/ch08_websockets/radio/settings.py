"""What differs between a laptop and a server, read from the environment.

Try: RADIO_BADGE=owl-1 python -m uvicorn chapters.ch08_websockets.radio.app:app
"""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="RADIO_", populate_by_name=True)

    redis_url: str = Field(
        default="redis://127.0.0.1:6379/0", validation_alias="REDIS_URL"
    )
    namespace: str = "radio"  # several installations may share a Redis
    badge: SecretStr = SecretStr("kestrel-7")  # what wardens sign in with
    session_seconds: int = 8 * 3600
    origins: list[str] = []  # pages of other hosts that may open a line
    queue: int = 100  # messages that may wait for one listener
    beat: float = 1.0  # seconds between two looks at who is present
    patience: float = 2.0  # seconds that Redis may take to answer

    @property
    def lifetime(self) -> float:
        """Seconds that a listener counts as present without another word."""
        return 4 * self.beat
