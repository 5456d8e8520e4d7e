# expect: the most animals come first
import pandas as pd


def busiest(sightings: pd.DataFrame) -> pd.DataFrame:
    groups = sightings.groupby("station")
    return groups.agg(animals=("count", "sum"), kinds=("species", "nunique"))
