"""pandas copies on write: what you take out of a table is never its alias.

Run: python -m chapters.ch11_data_science.chained
"""

import warnings

import pandas as pd

from chapters.ch11_data_science.frames import stations


def chained(table: pd.DataFrame) -> list[str]:
    """Assign to a part of a part; give the names of the warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        table["night"]["PR2"] = 99
    return [warning.category.__name__ for warning in caught]


def at_once(table: pd.DataFrame) -> None:
    """Row and column in one pair of brackets: this is the table itself."""
    table.loc["PR2", "night"] = 99


if __name__ == "__main__":
    table = stations()
    print(chained(table), "night at PR2 is", table.loc["PR2", "night"])
    at_once(table)
    print("after loc it is", table.loc["PR2", "night"])
