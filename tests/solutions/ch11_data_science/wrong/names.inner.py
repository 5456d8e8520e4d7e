# expect: no sighting may be lost: XX9 was seen
import pandas as pd


def with_names(sightings: pd.DataFrame, stations: pd.DataFrame) -> pd.DataFrame:
    return sightings.merge(stations, on="station", validate="many_to_one")
