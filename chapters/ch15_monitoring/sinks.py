"""One call, several sinks, each with its level. Run: python -m ...sinks FOLDER"""

import sys
from pathlib import Path

from loguru import logger


def configure(folder: Path) -> None:
    # The default sink writes to stderr: unless it goes, every line comes twice.
    logger.remove()
    logger.add(sys.stdout, level="WARNING", format="{level} {message}")
    logger.add(
        folder / "station.log",
        level="DEBUG",
        format="{level: <8} {message}",
        rotation="1 KB",  # or "1 day", "12:00"; what is full gets another name
        retention=3,  # old files that are kept; or "10 days"
    )


def night(hours: int) -> None:
    for hour in range(hours):
        logger.debug("hour {}: listening", hour)
        if hour % 25 == 0:
            logger.warning("hour {}: the battery is low", hour)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    configure(folder)
    night(100)
    logger.remove()
    sizes = [file.stat().st_size for file in folder.glob("station*.log")]
    print(len(sizes), "files, the largest at most 1 KB:", max(sizes) <= 1024)
