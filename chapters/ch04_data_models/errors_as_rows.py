"""A ValidationError is data: where it is, its type for programs, its words for people.

Try: python -i -m chapters.ch04_data_models.errors_as_rows
"""

from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError


def refused(kind: type[BaseModel] | Any, data: object) -> list[dict[str, str]]:
    """What is wrong with the data, one row an error; no row when all is well."""
    try:
        TypeAdapter(kind).validate_python(data)
    except ValidationError as error:
        return [
            {
                "where": ".".join(map(str, one["loc"])) or "(all of it)",
                "type": one["type"],
                "message": one["msg"],
            }
            for one in error.errors()
        ]
    return []
