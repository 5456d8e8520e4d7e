# expect: redis://warden:[hidden]@db:6379/0
import re


def redacted(line: str) -> str:
    named = r"(?i)((?:password|token|api_key)\s*[=:]\s*)[^\s,;]+"
    return re.sub(named, r"\1[hidden]", line)
