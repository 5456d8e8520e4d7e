"""The chapter's two tables, each read with its types said.

Run: python -m chapters.ch11_data_science.datasets
"""

from pathlib import Path

import pandas as pd

DATA = Path(__file__).parents[2] / "assets" / "data"
MEASURES = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]


def read_penguins() -> pd.DataFrame:
    """344 penguins of three species, measured on three islands; NA is a gap."""
    return pd.read_csv(DATA / "penguins.csv")


def read_strikes() -> pd.DataFrame:
    """Wildlife that met aircraft at 16 airports, 1990 to 2002: one row a report."""
    return pd.read_csv(DATA / "birdstrikes.csv", parse_dates=["date"])


def airports() -> pd.DataFrame:
    """Five of the codes, with names: a small table to join."""
    rows = {
        "DFW": ("Dallas/Fort Worth", "Texas"),
        "BAD": ("Barksdale Air Force Base", "Louisiana"),
        "ORD": ("Chicago O'Hare", "Illinois"),
        "SMF": ("Sacramento", "California"),
        "BNA": ("Nashville", "Tennessee"),
    }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["name", "state"])
    return table.rename_axis("airport").reset_index()


if __name__ == "__main__":
    for table in (read_penguins(), read_strikes(), airports()):
        print(table.shape)
        print(table.dtypes.to_string())
