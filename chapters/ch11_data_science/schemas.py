"""What goes in and out of the service."""

from datetime import date

from pydantic import BaseModel


class Summary(BaseModel):
    reports: int
    airports: int
    named: int
    kinds: int
    first: date
    last: date


class SpeciesFigures(BaseModel):
    species: str
    reports: int
    airports: list[str]
    by_month: list[int]
    mean_knots: float | None


class Month(BaseModel):
    month: date
    reports: int
    smoothed: float | None


class Taken(BaseModel):
    added: int
    total: int


class Problem(BaseModel):
    detail: str


class Fault(BaseModel):
    loc: list[str | int]
    msg: str
    type: str


class Faults(BaseModel):
    detail: list[Fault]
