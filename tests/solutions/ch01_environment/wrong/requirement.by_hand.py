# expect: Expected `'>=0.54'`, because versions are what follows
import re


def read(line: str) -> tuple[str, list[str], str]:
    found = re.fullmatch(r"([\w.-]+)(?:\[(.*)\])?(.*)", line)
    assert found
    extras = sorted((found[2] or "").split(",")) if found[2] else []
    return found[1].lower(), extras, found[3]
