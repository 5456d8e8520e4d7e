"""A first log line, and one before an error.

Run: python -m chapters.ch15_monitoring.first_line
"""

import logging

from loguru import logger


def checksum(ring: int | str) -> int:
    """The last digit of a bird's ring is the sum of the others, modulo 10."""
    logger.debug("reading ring {ring}", ring=ring)
    if not isinstance(ring, int):
        logger.error("a ring is a number, and this is a {}", type(ring).__name__)
        raise TypeError("a ring is a number")
    return sum(map(int, str(ring))) % 10


if __name__ == "__main__":
    logging.warning("the standard library's way")
    print(checksum(40213))
    checksum("40213")
