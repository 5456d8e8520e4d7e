"""A type with rules gets a name, and every model that uses the name has the rules.

Try: python -i -m chapters.ch04_data_models.own_types
"""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field


def squeezed(text: object) -> object:
    """One space between words; what is no text is left for the type to refuse."""
    return " ".join(text.split()) if isinstance(text, str) else text


def known_station(code: str) -> str:
    if code not in {"HP1", "PR2", "SM3"}:
        raise ValueError(f"there is no station {code}")
    return code


SpeciesName = Annotated[
    str, BeforeValidator(squeezed), Field(min_length=3, max_length=40)
]
StationCode = Annotated[
    str, Field(pattern=r"^[A-Z]{2}[0-9]$"), AfterValidator(known_station)
]


class Sighting(BaseModel):
    species: SpeciesName
    station: StationCode


class Nest(BaseModel):
    species: SpeciesName
    stations: list[StationCode]
