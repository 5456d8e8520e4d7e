"""Context goes along with a line, and is seen only where the format says so.

Run: python -m chapters.ch15_monitoring.bound
"""

import sys

from loguru import logger

FORMATS = {
    "default": "<level>{level: <8}</level> | {name}:{function} - {message}",
    "extra": "<level>{level: <8}</level> | {name}:{function} - {message} {extra}",
}


def sight(station: str, species: str) -> None:
    here = logger.bind(station=station)  # another logger: the old one is as it was
    here.info("seen: {species}", species=species)


if __name__ == "__main__":
    for format in FORMATS.values():
        logger.remove()
        logger.add(sys.stdout, format=format, colorize=False)
        sight("HP1", "otter")
    logger.remove()
    logger.add(sys.stdout, serialize=True)
    sight("HP1", "otter")
