# expect: and a part of it is still there
import re


def redacted(line: str) -> str:
    named = r"(?i)((?:password|token|api_key)\s*[=:]\s*)[^\s,;]+"
    line = re.sub(named, r"\1[hidden]", line)
    return re.sub(r"(://\S*:)[^\s/@]+@", r"\1[hidden]@", line)
