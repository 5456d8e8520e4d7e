import json
import re


def build(items: list[str]) -> dict[str, object]:
    parts = [re.split("(:=|==|=|:)", item, maxsplit=1) for item in items]
    fields: dict[str, object] = {}
    for name, sign, value in parts:
        if sign in ("=", ":="):
            fields[name] = json.loads(value) if sign == ":=" else value
    return {
        "method": "POST" if fields else "GET",
        "headers": {name: value for name, sign, value in parts if sign == ":"},
        "query": {name: value for name, sign, value in parts if sign == "=="},
        "json": fields or None,
    }
