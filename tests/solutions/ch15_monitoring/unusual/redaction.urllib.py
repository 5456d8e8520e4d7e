import re
from urllib.parse import urlsplit


def redacted(line: str) -> str:
    for word in line.split():
        if "://" in word and (secret := urlsplit(word).password):
            line = line.replace(f":{secret}@", ":[hidden]@")
    return re.sub(
        "(password|token|api_key)([=:] ?)[^ ,;]+", r"\1\2[hidden]", line, flags=re.I
    )
