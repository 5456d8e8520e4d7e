"""Read an object that is no dict: a row of a database, an instance of your class.

Try: python -i -m chapters.ch04_data_models.from_attributes
"""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict


@dataclass
class StationRow:
    code: str
    name: str
    warden_phone: str


class Station(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    code: str
    name: str


class Unprepared(BaseModel):
    code: str
    name: str


ROW = StationRow("HP1", "Heron Pond", "0123 456")
