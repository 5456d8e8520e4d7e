"""The id of the request that this code works for, in the API and in the worker."""

import re
import uuid
from contextvars import ContextVar

# Each task and each thread sees its own value: concurrent requests do not mix.
current: ContextVar[str] = ContextVar("request_id", default="-")

# A visitor may send an id, to find it again: but no novel, and no line break.
ACCEPTED = re.compile(r"[A-Za-z0-9._-]{6,64}")


def chosen(sent: str) -> str:
    """The id that was sent, if it is a decent one; otherwise a new one."""
    return sent if ACCEPTED.fullmatch(sent) else uuid.uuid4().hex[:12]
