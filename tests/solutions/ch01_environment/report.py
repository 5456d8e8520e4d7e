import sys
from importlib import metadata


def env_report() -> dict[str, object]:
    return {
        "python": tuple(sys.version_info[:3]),
        "in_venv": sys.prefix != sys.base_prefix,
        "fastapi": metadata.version("fastapi"),
    }
