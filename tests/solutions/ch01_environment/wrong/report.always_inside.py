# expect: `in_venv` outside an environment gave `True`. Expected `False`
import sys
from importlib import metadata


def env_report() -> dict[str, object]:
    return {
        "python": tuple(sys.version_info[:3]),
        "in_venv": True,
        "fastapi": metadata.version("fastapi"),
    }
