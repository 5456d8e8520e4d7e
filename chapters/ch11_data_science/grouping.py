"""Split, apply, combine; then look a code up in another table without losing a row.

Run: python -m chapters.ch11_data_science.grouping
"""

import pandas as pd

from chapters.ch11_data_science.datasets import airports, read_strikes
from chapters.ch11_data_science.gaps import named


def by_airport(strikes: pd.DataFrame) -> pd.DataFrame:
    """One row an airport: how many reports, how many kinds of animal."""
    groups = named(strikes).groupby("airport")
    table = groups.agg(reports=("species", "size"), kinds=("species", "nunique"))
    return table.sort_values(["reports", "kinds"], ascending=False)


def with_names(strikes: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """Each report stays, with or without a name; a code with two names is refused."""
    return strikes.merge(
        names, on="airport", how="left", validate="many_to_one", indicator=True
    )


if __name__ == "__main__":
    strikes = read_strikes()
    print(by_airport(strikes).head().to_string())
    print(with_names(strikes, airports())["_merge"].value_counts().to_dict())
