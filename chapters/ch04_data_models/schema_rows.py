"""What /docs knows of a model, read from its JSON Schema as a docs page reads it.

Try: python -i -m chapters.ch04_data_models.schema_rows
"""

from typing import Any

from pydantic import BaseModel

RULES = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minimum": "≥ {}",
    "maximum": "≤ {}",
    "pattern": "matches {}",
    "enum": "one of {}",
    "default": "default {}",
}


def rows(model: type[BaseModel]) -> list[dict[str, str]]:
    """One row a field: its name, type and rules, and whether it must be there."""
    schema = model.model_json_schema()
    required = schema.get("required", [])
    return [
        {
            "field": name,
            "type": type_of(field, schema),
            "rules": ", ".join(rules_of(field, schema)),
            "required": "yes" if name in required else "no",
        }
        for name, field in schema["properties"].items()
    ]


def resolved(field: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Models and enums stand apart, under $defs; a reference says where."""
    reference = field.get("$ref", "")
    if not reference:
        return field
    own = {key: value for key, value in field.items() if key != "$ref"}
    return {**schema["$defs"][reference.rpartition("/")[2]], **own}


def type_of(field: dict[str, Any], schema: dict[str, Any]) -> str:
    if "anyOf" in field:
        return " or ".join(type_of(one, schema) for one in field["anyOf"])
    whole = resolved(field, schema)
    return (
        f"{whole['type']} ({whole['format']})" if "format" in whole else whole["type"]
    )


def rules_of(field: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    whole = resolved(field, schema)
    return [
        text.format(", ".join(whole[key]) if key == "enum" else whole[key])
        for key, text in RULES.items()
        if whole.get(key) is not None
    ]
