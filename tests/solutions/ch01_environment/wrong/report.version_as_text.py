# expect: three numbers compare right
import platform
import sys
from importlib import metadata


def env_report() -> dict[str, object]:
    return {
        "python": platform.python_version(),
        "in_venv": sys.prefix != sys.base_prefix,
        "fastapi": metadata.version("fastapi"),
    }
