"""The disk with the log is full: who hears of it, and who must not suffer?

Run: python -m chapters.ch15_monitoring.full_disk
"""

import errno
import sys

from loguru import logger

from chapters.ch15_monitoring.watched.lossless import LOST, Lossless


class FullDisk:
    """Every write fails, as on a disk without room (Linux has /dev/full for this)."""

    def write(self, text: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


def answer(say: str) -> str:
    """A request's work, with one log line in it."""
    try:
        logger.info("somebody asks for otters")
    except OSError as error:
        return f"{say}: 500, for {error.strerror}"
    return f"{say}: 200"


if __name__ == "__main__":
    sys.stderr = sys.stdout
    disk = FullDisk()
    for catch in (False, True):
        logger.remove()
        logger.add(disk.write, catch=catch, format="{message}")
        print(answer(f"catch={catch}"))
    logger.remove()
    logger.add(Lossless(disk).write, format="{message}")
    print(answer("Lossless"), "and lines that the disk did not take:", LOST.total())
