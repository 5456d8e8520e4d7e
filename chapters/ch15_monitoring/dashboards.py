"""Grafana's dashboard, from panels.py. What is changed by hand in Grafana is lost.

Run: python -m chapters.ch15_monitoring.dashboards   (writes deploy/grafana/dashboards)
"""

import sys
from pathlib import Path

from grafana_foundation_sdk.builders import barchart, stat, timeseries
from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import DataSourceRef, GridPos

from chapters.ch15_monitoring.panels import PANELS, Panel

FILE = Path(__file__).parent / "deploy/grafana/dashboards/observatory.json"
SOURCE = DataSourceRef(type_val="prometheus", uid="observatory-prometheus")
COLUMNS, WIDTH, HEIGHT = 3, 8, 8

Drawn = timeseries.Panel | stat.Panel | barchart.Panel
KINDS: dict[str, type[timeseries.Panel] | type[stat.Panel] | type[barchart.Panel]] = {
    "timeseries": timeseries.Panel,
    "stat": stat.Panel,
    "barchart": barchart.Panel,
}


def place(number: int) -> GridPos:
    row, column = divmod(number, COLUMNS)
    return GridPos(h=HEIGHT, w=WIDTH, x=column * WIDTH, y=row * HEIGHT)


def query(panel: Panel, number: int) -> Dataquery:
    expression, legend = panel.queries[number]
    target = Dataquery().expr(expression).legend_format(legend).ref_id("ABCDEF"[number])
    if panel.instant:
        target = target.instant()  # one value now, not one at each moment
    return target.format("table") if panel.kind == "barchart" else target  # type: ignore[arg-type]


def drawn(panel: Panel, number: int) -> Drawn:
    made = KINDS[panel.kind]().title(panel.title).description(panel.about)
    made = made.datasource(SOURCE).unit(panel.unit).min(0).grid_pos(place(number))
    for index in range(len(panel.queries)):
        made = made.with_target(query(panel, index))
    return made


def dashboard() -> str:
    made = Dashboard("The Observatory").uid("observatory").tags(["course"])
    made = made.time("now-15m", "now").refresh("10s").timezone("browser").readonly()
    for number, panel in enumerate(PANELS):
        made = made.with_panel(drawn(panel, number))
    return JSONEncoder(sort_keys=True, indent=1).encode(made.build()) + "\n"


if __name__ == "__main__":
    file = Path(sys.argv[1]) if sys.argv[1:] else FILE
    file.write_text(dashboard(), encoding="utf-8")
