"""A Series is an array with labels; a DataFrame is Series side by side.

Run: python -m chapters.ch11_data_science.frames
"""

import pandas as pd


def visits() -> pd.Series:
    """Visits in a week, by the station's code."""
    return pd.Series({"HP1": 31, "PR2": 8, "NE9": 0, "RB4": 17}, name="visits")


def stations() -> pd.DataFrame:
    """Two columns that share one index."""
    table = pd.DataFrame(
        {
            "habitat": ["lake", "forest", "cliff", "river"],
            "day": [24, 2, 0, 9],
            "night": [7, 6, 0, 8],
        },
        index=pd.Index(["HP1", "PR2", "NE9", "RB4"], name="code"),
    )
    return table.assign(total=table["day"] + table["night"])


def mostly_at_night(table: pd.DataFrame) -> pd.DataFrame:
    """A mask keeps rows; a day without visits is no night either."""
    return table[table["night"] > table["day"]]


if __name__ == "__main__":
    print(visits().loc["HP1":"NE9"].to_dict(), "loc: the last label is inside")
    print(visits().iloc[0:2].to_dict(), "iloc: the last position is not")
    print(stations().to_string())
    print(mostly_at_night(stations()).index.tolist())
