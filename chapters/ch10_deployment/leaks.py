"""Where a password shows itself: six ways to look at settings, two ways to declare it.

Run: python -m chapters.ch10_deployment.leaks
"""

import traceback
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

PASSWORD = "heron-in-the-reeds"


class Careless(BaseModel):
    password: str
    workers: int = 2


class Careful(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    password: SecretStr
    workers: int = 2


def refused(kind: type[BaseModel]) -> str:
    """The password was put into the wrong variable: what does the error quote?"""
    quoted = ""
    try:
        kind.model_validate({"password": PASSWORD, "workers": PASSWORD})
    except ValidationError as error:
        quoted = "".join(traceback.format_exception(error))
    return quoted


WAYS: dict[str, Callable[[Any], str]] = {
    "print(settings)": str,
    "a log line with %r": repr,
    "model_dump_json()": lambda settings: str(settings.model_dump_json()),
    "an f-string of the field": lambda settings: f"{settings.password}",
    "the error of another field": lambda settings: refused(type(settings)),
    "get_secret_value(), on purpose": lambda settings: str(
        getattr(settings.password, "get_secret_value", settings.password.__str__)()
    ),
}


def table() -> list[dict[str, Any]]:
    """For each way to look: does the password show?"""
    kinds = (Careless, Careful)
    made = [kind.model_validate({"password": PASSWORD}) for kind in kinds]
    return [
        {"looked at by": way}
        | {
            type(settings).__name__: "shows it" if PASSWORD in look(settings) else "–"
            for settings in made
        }
        for way, look in WAYS.items()
    ]


if __name__ == "__main__":
    for row in table():
        print(*row.values(), sep=" · ")
