"""Reports in time: a count a month, and the year's shape under the noise.

Run: python -m chapters.ch11_data_science.seasons
"""

import pandas as pd

from chapters.ch11_data_science.datasets import read_strikes


def monthly(strikes: pd.DataFrame) -> pd.Series:
    """Reports a month; a month without any is 0, not absent."""
    return strikes.set_index("date").resample("MS").size().rename("reports")


def smoothed(months: pd.Series) -> pd.Series:
    """The mean of twelve months around each; the ends have no twelve: NaN."""
    return months.rolling(12, center=True).mean()


def typical_year(months: pd.Series) -> pd.Series:
    """The mean January, the mean February... of whole years."""
    whole = months.groupby(months.index.year).filter(lambda year: len(year) == 12)
    return whole.groupby(whole.index.month).mean()


if __name__ == "__main__":
    months = monthly(read_strikes())
    print(months.head(3).to_string())
    print("gaps at the ends:", int(smoothed(months).isna().sum()))
    print("the fullest month:", int(typical_year(months).idxmax()))
