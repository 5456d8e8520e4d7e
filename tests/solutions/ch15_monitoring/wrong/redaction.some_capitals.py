# expect: is a secret, and it is still there
import re


def redacted(line: str) -> str:
    named = r"((?:password|[Tt]oken|api_key|API_KEY)\s*[=:]\s*)[^\s,;]+"
    line = re.sub(named, r"\1[hidden]", line)
    return re.sub(r"(://[^\s/:@]+:)[^\s/@]+@", r"\1[hidden]@", line)
