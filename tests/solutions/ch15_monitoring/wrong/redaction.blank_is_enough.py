# expect: whoever reads the log needs the rest
import re


def redacted(line: str) -> str:
    named = r"(?i)((?:password|token|api_key)[=:\s]+)[^\s,;]+"
    line = re.sub(named, r"\1[hidden]", line)
    return re.sub(r"(://[^\s/:@]+:)[^\s/@]+@", r"\1[hidden]@", line)
