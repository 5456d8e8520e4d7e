import pandas as pd


def busiest(sightings: pd.DataFrame) -> pd.DataFrame:
    groups = sightings.groupby("station")
    table = groups.agg(animals=("count", "sum"), kinds=("species", "nunique"))
    return table.sort_values("animals", ascending=False)
