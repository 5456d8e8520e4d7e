# expect: whoever reads the log needs the rest
import re


def redacted(line: str) -> str:
    if re.search(r"(?i)password|token|api_key|://", line):
        return "[hidden]"
    return line
