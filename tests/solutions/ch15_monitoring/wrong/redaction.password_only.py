# expect: is a secret, and it is still there
import re


def redacted(line: str) -> str:
    return re.sub(r"(password=)[^\s,;]+", r"\1[hidden]", line)
