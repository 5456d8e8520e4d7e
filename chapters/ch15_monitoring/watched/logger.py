"""The one place where logging is set up: Loguru's lines, and everybody else's.

`configure(settings)` once a process; everywhere else `from loguru import logger`.
"""

import inspect
import logging
import sys
from typing import TYPE_CHECKING

from loguru import logger

from chapters.ch15_monitoring.watched.lines import as_json, as_text
from chapters.ch15_monitoring.watched.lossless import AppendingFile, Lossless, Writes
from chapters.ch15_monitoring.watched.settings import Settings

if TYPE_CHECKING:
    from loguru import Message

# These have handlers of their own: what reaches the root logger is not enough.
STUBBORN = ("uvicorn", "uvicorn.error", "uvicorn.access", "gunicorn.error", "dramatiq")


class InterceptHandler(logging.Handler):
    """Hands a standard record to Loguru, with its level, its caller and its error."""

    def emit(self, record: logging.LogRecord) -> None:
        level: str | int = record.levelname
        try:
            logger.level(record.levelname)
        except ValueError:  # a level that only that library knows
            level = record.levelno
        # Whoever called `logging` is the first frame outside of it.
        frame, depth = inspect.currentframe(), 0
        while frame and (depth == 0 or frame.f_code.co_filename == logging.__file__):
            frame, depth = frame.f_back, depth + 1
        said = record.getMessage()
        logger.opt(depth=depth, exception=record.exc_info).log(level, "{}", said)


def configure(settings: Settings) -> None:
    """One sink, one format; may be called again, the last call counts."""
    line = as_json if settings.log_format == "json" else as_text
    target: Writes = sys.stderr
    if settings.log_file:
        target = Lossless(AppendingFile(settings.log_file))

    def write(message: "Message") -> None:
        target.write(line(message.record))

    logger.remove()
    # backtrace and diagnose would show callers and variables: we write our own trace.
    quiet = {"backtrace": False, "diagnose": False}
    logger.add(write, level=settings.log_level, format="{message}", **quiet)
    # The root's level stops foreign chatter before it costs anything.
    logging.basicConfig(
        handlers=[InterceptHandler()], level=settings.log_level, force=True
    )
    for name in STUBBORN:
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
