"""The figures that the service gives: pandas inside, plain numbers at the door.

Run: python -m chapters.ch11_data_science.figures
"""

import math
from difflib import get_close_matches

import pandas as pd

from chapters.ch11_data_science.datasets import read_strikes
from chapters.ch11_data_science.gaps import named


def or_none(value: float) -> float | None:
    """JSON knows no NaN: say null. A NumPy number becomes a Python number."""
    return None if math.isnan(value) else round(float(value), 1)


def summary(strikes: pd.DataFrame) -> dict[str, object]:
    return {
        "reports": len(strikes),
        "airports": int(strikes["airport"].nunique()),
        "named": len(named(strikes)),
        "kinds": int(named(strikes)["species"].nunique()),
        "first": strikes["date"].min().date(),
        "last": strikes["date"].max().date(),
    }


def of_species(strikes: pd.DataFrame, name: str) -> dict[str, object] | None:
    """One animal's figures, or None where nobody reported it."""
    rows = strikes[strikes["species"].str.casefold() == name.casefold()]
    if rows.empty:
        return None
    months = rows["date"].dt.month.value_counts().reindex(range(1, 13), fill_value=0)
    return {
        "species": rows["species"].iloc[0],
        "reports": len(rows),
        "airports": sorted(set(rows["airport"])),
        "by_month": [int(count) for count in months],
        "mean_knots": or_none(rows["knots"].mean()),
    }


def close_to(strikes: pd.DataFrame, name: str) -> list[str]:
    """Species that are written nearly so."""
    names = {species.casefold(): species for species in strikes["species"].unique()}
    return [names[key] for key in get_close_matches(name.casefold(), sorted(names))]


if __name__ == "__main__":
    strikes = read_strikes()
    print(summary(strikes))
    print(of_species(strikes, "barn owl"))
    print(close_to(strikes, "barn oul"))
