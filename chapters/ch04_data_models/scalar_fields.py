"""A model is a class whose annotations are checked whenever an instance is made.

Try: python -i -m chapters.ch04_data_models.scalar_fields
"""

from pydantic import BaseModel


class Station(BaseModel):
    code: str
    name: str
    height: float  # metres above the sea
    posts: int
    open: bool


# A form sends nothing but text.
FROM_A_FORM = {
    "code": "HP1",
    "name": "Heron Pond",
    "height": "3.5",
    "posts": "7",
    "open": "yes",
}

CONFUSED = {
    "code": 1,
    "name": "Pine Ridge",
    "height": "tall",
    "posts": 7.5,
    "open": "perhaps",
}
