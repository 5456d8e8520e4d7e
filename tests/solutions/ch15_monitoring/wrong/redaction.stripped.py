# expect: its blanks and its end of line as well
import re


def redacted(line: str) -> str:
    named = r"(?i)((?:password|token|api_key)\s*[=:]\s*)[^\s,;]+"
    line = re.sub(named, r"\1[hidden]", line.strip())
    return re.sub(r"(://[^\s/:@]+:)[^\s/@]+@", r"\1[hidden]@", line)
