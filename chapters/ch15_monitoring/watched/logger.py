"""The one place where logging is set up: Loguru's lines, and everybody else's.

`configure(settings)` once a process; everywhere else `from loguru import logger`.
"""

import logging
import sys
from typing import TYPE_CHECKING

from loguru import logger

from chapters.ch15_monitoring.watched.lines import as_json, as_text
from chapters.ch15_monitoring.watched.lossless import AppendingFile, Lossless, Writes
from chapters.ch15_monitoring.watched.settings import Settings

if TYPE_CHECKING:
    from loguru import Message, Record

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

        def as_its_author(said: "Record") -> None:
            said["name"], said["line"] = record.name, record.lineno
            said["function"] = record.funcName

        # "{}": its text is an argument, for a brace in it is no placeholder.
        out = logger.patch(as_its_author).opt(exception=record.exc_info)
        out.log(level, "{}", record.getMessage().rstrip())


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
    level = settings.log_level
    logger.add(write, level=level, format="{message}", backtrace=False, diagnose=False)
    # The root's level stops foreign chatter before it costs anything.
    logging.basicConfig(handlers=[InterceptHandler()], level=level, force=True)
    for name in STUBBORN:
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.getLogger("uvicorn.access").disabled = not settings.access_lines
