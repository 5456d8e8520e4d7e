"""A visitor writes a line into your log.

Run: python -m chapters.ch15_monitoring.forged
"""

import sys

from loguru import logger

NAME = "otter\nWARNING  | the warden has opened the safe"


def log_everywhere(name: str) -> None:
    logger.info("searching for {name}", name=name)


if __name__ == "__main__":
    logger.remove()
    print("--- text:")
    text = logger.add(sys.stdout, format="{level: <8} | {message}")
    log_everywhere(NAME)
    logger.remove(text)
    print("--- JSON:")
    logger.add(lambda line: print(line.count("\n"), "line"), serialize=True)
    log_everywhere(NAME)
