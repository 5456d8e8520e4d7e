"""Pydantic 1 code meets Pydantic 2: each spelling is run, and says what came of it.

Try: python -i -m chapters.ch04_data_models.old_spellings
"""

import warnings
from dataclasses import dataclass

# Every snippet runs below this.
BEGIN = """
from pydantic import *

class Row:
    species = "otter"

class Otter(BaseModel):
    species: str = "otter"
    model_config = ConfigDict(from_attributes=True)

otter = Otter()
"""
IN_A_MODEL = "class Model(BaseModel):\n    n: int = 1\n    "


@dataclass(frozen=True)
class Spelling:
    old: str
    new: str
    begin: str = BEGIN

    def ran(self) -> dict[str, str]:
        return {
            "old": first_line(self.old),
            "came of it": outcome(self.begin + self.old),
            "new": first_line(self.new),
            "and of that": outcome(self.begin + self.new),
        }


def first_line(code: str) -> str:
    return code.partition("\n")[0]


def outcome(code: str) -> str:
    """Run the code as a program of its own would: works, deprecated, or an error."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            exec(code, {"__name__": "a_program"})
        except Exception as error:
            return type(error).__name__
    return "deprecated" if caught else "works"


def in_a_model(old: str, new: str) -> Spelling:
    return Spelling(old, new, BEGIN + IN_A_MODEL)


BODY = "\n    def check(cls, v): return v"
METHOD = "\n    @classmethod" + BODY

SPELLINGS = [
    in_a_model('@validator("n")' + BODY, '@field_validator("n")' + METHOD),
    in_a_model(
        '@validator("n", pre=True)' + BODY,
        '@field_validator("n", mode="before")' + METHOD,
    ),
    in_a_model(
        "@root_validator()" + BODY,
        '@model_validator(mode="after")\n    def check(self): return self',
    ),
    in_a_model(
        "@root_validator(pre=True)" + BODY, '@model_validator(mode="before")' + METHOD
    ),
    in_a_model("class Config: extra = 'forbid'", "model_config = {'extra': 'forbid'}"),
    in_a_model(
        "class Config: orm_mode = True", "model_config = {'from_attributes': True}"
    ),
    Spelling("otter.dict()", "otter.model_dump()"),
    Spelling("otter.json()", "otter.model_dump_json()"),
    Spelling(
        "otter.copy(update={'species': 'wren'})",
        "otter.model_copy(update={'species': 'wren'})",
    ),
    Spelling("Otter.parse_obj({})", "Otter.model_validate({})"),
    Spelling("Otter.parse_raw('{}')", "Otter.model_validate_json('{}')"),
    Spelling("Otter.from_orm(Row())", "Otter.model_validate(Row())"),
    Spelling("Otter.schema()", "Otter.model_json_schema()"),
    Spelling(
        "parse_obj_as(list[int], [])", "TypeAdapter(list[int]).validate_python([])"
    ),
    in_a_model("m: int = Field(1, example=2)", "m: int = Field(1, examples=[2])"),
    in_a_model("m: str = Field('', regex='^o')", "m: str = Field('', pattern='^o')"),
    in_a_model("m: int | None\nModel()", "m: int | None = None\nModel()"),
    Spelling("Otter(species=7)", "Otter(species='7')"),
    Spelling(
        "from pydantic import BaseSettings",
        "from pydantic_settings import BaseSettings",
    ),
]
