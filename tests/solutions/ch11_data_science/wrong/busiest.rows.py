# expect: animals is the sum of the counts
import pandas as pd


def busiest(sightings: pd.DataFrame) -> pd.DataFrame:
    groups = sightings.groupby("station")
    table = groups.agg(animals=("count", "size"), kinds=("species", "nunique"))
    return table.sort_values("animals", ascending=False)
