# expect: a code with two names doubles its sightings
import pandas as pd


def with_names(sightings: pd.DataFrame, stations: pd.DataFrame) -> pd.DataFrame:
    joined = sightings.merge(stations, on="station", how="left")
    return joined.fillna({"name": "(unknown)"})
