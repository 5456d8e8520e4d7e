"""A log record as one line: for machines (JSON), or for your eyes (text)."""

import json
import traceback
from typing import TYPE_CHECKING, Any

from chapters.ch15_monitoring.watched.redaction import redact, scrub
from chapters.ch15_monitoring.watched.request_id import current

if TYPE_CHECKING:
    from loguru import Record

# Whoever can write a line break into a log can forge the line after it.
CONTROL = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))}
CONTROL |= {ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t", 0x2028: "\\u2028"}


def told(record: "Record") -> dict[str, Any]:
    """What a line says; nothing of it is secret any more."""
    said: dict[str, Any] = {
        "time": record["time"].isoformat(timespec="milliseconds"),
        "level": record["level"].name,
        "request_id": current.get(),
        "logger": record["name"],
        "message": redact(record["message"]),
        **scrub(record["extra"]),
    }
    if (error := record["exception"]) and error.type:
        said["error"] = error.type.__name__
        trace = traceback.format_exception(error.type, error.value, error.traceback)
        said["trace"] = redact("".join(trace))
    return said


def as_json(record: "Record") -> str:
    return json.dumps(told(record), ensure_ascii=False, default=str) + "\n"


def as_text(record: "Record") -> str:
    said = told(record)
    trace = said.pop("trace", "")
    time, level, request, name, message = list(said.values())[:5]
    more = " ".join(f"{key}={value}" for key, value in list(said.items())[5:])
    line = f"{time[11:]} {level: <8} {request: <8} {name}: {message} {more}".rstrip()
    # A trace is ours and has lines of its own: indented, it begins no entry.
    indented = "".join(f"\n  | {part}" for part in trace.rstrip().splitlines())
    return line.translate(CONTROL) + indented + "\n"
