"""Cut the FAA's wildlife strikes down to the 16 airports that reported most often.

Try: npm pack vega-datasets@3.2.1, unpack it, then
python assets/data/subset_birdstrikes.py package/data/birdstrikes.csv
"""

import sys
from pathlib import Path

import pandas as pd

HERE = Path(__file__).parent
COLUMNS = {
    "Flight Date": "date",
    "Airport Name": "airport",
    "Wildlife Species": "species",
    "Wildlife Size": "size",
    "Time of day": "time",
    "Phase of flight": "phase",
    "Speed IAS in knots": "knots",
}
CODES = {
    "BARKSDALE AIR FORCE BASE ARPT": "BAD",
    "CHARLESTON AFB/INTL ARPT": "CHS",
    "CHARLOTTE/DOUGLAS INTL ARPT": "CLT",
    "CHICAGO O'HARE INTL ARPT": "ORD",
    "CINCINNATI/NORTHERN KENTUCKY INTL ARPT": "CVG",
    "DALLAS/FORT WORTH INTL ARPT": "DFW",
    "GREATER PITTSBURGH": "PIT",
    "LOUISVILLE INTL ARPT": "SDF",
    "MEMPHIS INTL": "MEM",
    "NASHVILLE INTL": "BNA",
    "PHILADELPHIA INTL": "PHL",
    "PORTLAND INTL (OR)": "PDX",
    "RONALD REAGAN WASHINGTON NATL": "DCA",
    "SACRAMENTO INTL": "SMF",
    "SALT LAKE CITY INTL": "SLC",
    "WASHINGTON DULLES INTL ARPT": "IAD",
}


def subset(everything: pd.DataFrame) -> pd.DataFrame:
    """Seven columns of the reports from the busiest airports, by date."""
    kept = everything[list(COLUMNS)].rename(columns=COLUMNS)
    busiest = kept["airport"].value_counts().nlargest(len(CODES)).index
    assert set(busiest) == set(CODES)
    kept = kept[kept["airport"].isin(busiest)].replace({"airport": CODES})
    kept = kept.sort_values(["date", "airport", "species", "time"], kind="stable")
    # Whole knots, and an empty field where nobody noted the speed.
    return kept.astype({"knots": "Int64"})


if __name__ == "__main__":
    rows = subset(pd.read_csv(sys.argv[1], keep_default_na=False, na_values=[""]))
    rows.to_csv(HERE / "birdstrikes.csv", index=False, lineterminator="\n")
    print(f"{len(rows)} reports")
