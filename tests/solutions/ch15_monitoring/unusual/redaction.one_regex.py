import re

SECRET = re.compile(
    r"""
    ((?:password|token|api_key) \s* [=:] \s*) [^\s,;]+
    | (://[^/@:\s]*:) [^@/\s]+ (?=@)
    """,
    re.VERBOSE | re.IGNORECASE,
)


def redacted(line: str) -> str:
    return SECRET.sub(lambda found: (found[1] or found[2]) + "[hidden]", line)
