"""What is missing, what it does to a mean, and what a word hides.

Run: python -m chapters.ch11_data_science.gaps
"""

import pandas as pd

from chapters.ch11_data_science.datasets import MEASURES, read_penguins, read_strikes


def missing(table: pd.DataFrame) -> pd.Series:
    """Gaps in each column that has any."""
    counts = table.isna().sum()
    return counts[counts > 0]


def named(strikes: pd.DataFrame) -> pd.DataFrame:
    """Reports whose animal somebody knew. 'Unknown bird' is a gap in words."""
    return strikes[~strikes["species"].str.startswith("Unknown")]


if __name__ == "__main__":
    penguins, strikes = read_penguins(), read_strikes()
    print(missing(penguins).to_dict(), missing(strikes).to_dict())
    print("measured:", len(penguins.dropna(subset=MEASURES)), "of", len(penguins))
    print("named:", len(named(strikes)), "of", len(strikes))
