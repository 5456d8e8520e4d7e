# expect: `method` gave `'GET'`. Expected `'POST'`, because a request with a body
import json
import re


def build(items: list[str]) -> dict[str, object]:
    parts = [re.split("(:=|==|=|:)", item, maxsplit=1) for item in items]
    texts = {name: value for name, sign, value in parts if sign == "="}
    rest = {name: json.loads(value) for name, sign, value in parts if sign == ":="}
    return {
        "method": "GET",
        "headers": {name: value for name, sign, value in parts if sign == ":"},
        "query": {name: value for name, sign, value in parts if sign == "=="},
        "json": texts | rest or None,
    }
