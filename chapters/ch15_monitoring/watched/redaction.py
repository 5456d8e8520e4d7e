"""Secrets and addresses leave a text before it leaves the process.

Patterns catch what slips through; they are no licence to log passwords.
"""

import re
from typing import Any

HIDDEN = "[hidden]"
SECRET = re.compile(
    r"(?i)pass(word|wd|phrase)|secret|token|api.?key|authorization|cookie|credential"
)
PATTERNS = (
    # scheme://user:password@host, and Redis' own form, which has no user
    (re.compile(r"(://[^\s/:@]*:)[^\s/@]+(?=@)"), rf"\1{HIDDEN}"),
    # Authorization: Bearer abc, and the token alone
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{4,}"), rf"\1 {HIDDEN}"),
    # password=abc, "token": "abc", api_key: abc
    (
        re.compile(
            r"(?i)((?:pass(?:word|wd|phrase)|secret|token|api[-_]?key|cookie)"
            r"[\"']?\s*[:=]\s*[\"']?)(?!\[hidden)[^\s\"',;&}]+"
        ),
        rf"\1{HIDDEN}",
    ),
    # somebody@example.org
    (re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.-]*\w"), "[address]"),
)


# Whatever is hidden has one of these in it: most texts need one look, not four.
SUSPECT = re.compile(r"(?i)[=:@]|bearer|basic")


def redact(text: str) -> str:
    if not SUSPECT.search(text):
        return text
    for pattern, replacement in PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def scrub(value: Any, key: str = "") -> Any:
    """A copy without secrets: by the names of keys, and in each text, at any depth."""
    if key and SECRET.search(key):
        return HIDDEN
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {name: scrub(item, str(name)) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [scrub(item) for item in value]
    return value
