"""What a server is told to run: `uvicorn station.main:app`. Settings are read here."""

from .app import create_app
from .settings import read_settings

app = create_app(read_settings())
