import pandas as pd


def with_names(sightings: pd.DataFrame, stations: pd.DataFrame) -> pd.DataFrame:
    joined = sightings.merge(stations, on="station", how="left", validate="many_to_one")
    return joined.fillna({"name": "(unknown)"})
