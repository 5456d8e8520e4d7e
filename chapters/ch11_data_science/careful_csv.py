"""Read a CSV whole or not at all: every bad row is named, and nothing is guessed.

Run: python -m chapters.ch11_data_science.careful_csv
"""

import csv
import re
from collections.abc import Iterator
from datetime import datetime
from io import StringIO

import pandas as pd

COLUMNS = ["date", "station", "species", "count"]
Fault = tuple[int, str]


class BadRows(ValueError):
    """All faults of a file, each with its line."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"line {line}: {text}" for line, text in faults))
        self.faults = faults


def is_day(text: str) -> bool:
    try:
        datetime.strptime(text, "%Y-%m-%d")
    except ValueError:
        return False
    return True


def faults_in(row: list[str]) -> Iterator[str]:
    if len(row) != len(COLUMNS):
        yield f"{len(row)} fields, expected {len(COLUMNS)}"
        return
    day, station, species, count = (field.strip() for field in row)
    if not is_day(day):
        yield f"date {day!r} is not YYYY-MM-DD"
    if not station or not species:
        yield "station and species may not be empty"
    if not re.fullmatch(r"[1-9][0-9]{0,5}", count):
        yield f"count {count!r} is not a whole number from 1"


def read_logbook(text: str) -> pd.DataFrame:
    """The sightings of a logbook, or `BadRows` with every line that is wrong."""
    reader = csv.reader(StringIO(text), strict=True)
    rows: list[list[str]] = []
    faults: list[Fault] = []
    try:
        if (header := next(reader, [])) != COLUMNS:
            raise BadRows([(1, f"header is {header}, expected {COLUMNS}")])
        for row in reader:
            if row:  # a blank line is no row
                rows.append([field.strip() for field in row])
                faults += [(reader.line_num, said) for said in faults_in(row)]
    except csv.Error as error:
        faults.append((reader.line_num, str(error)))
    if faults:
        raise BadRows(faults)
    table = pd.DataFrame(rows, columns=COLUMNS)
    table["date"] = pd.to_datetime(table["date"], format="%Y-%m-%d")
    return table.astype({"count": "int64"})


if __name__ == "__main__":
    good = "date,station,species,count\n2026-05-01,HP1,otter,2\n"
    print(read_logbook(good).to_dict("records"))
    try:
        read_logbook(good + "2026-05-02,HP1,otter\n2026-05-03,HP1,otter,two\n")
    except BadRows as error:
        print(error)
