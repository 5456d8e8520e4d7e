"""A traceback that shows what the variables held.

Run: python -m chapters.ch15_monitoring.leaking
"""

import sys

from loguru import logger


def unlock(password: str) -> None:
    raise PermissionError("the gate stays shut")


def enter(password: str) -> None:
    unlock(password)


if __name__ == "__main__":
    for diagnose in (True, False):
        logger.remove()
        # Loguru's default is True: fine at your desk, never in production.
        logger.add(sys.stdout, diagnose=diagnose, format="diagnose={extra[diagnose]}")
        try:
            enter("otter-15")
        except PermissionError:
            logger.bind(diagnose=diagnose).exception("refused")
