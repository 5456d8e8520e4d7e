"""What the dashboard shows: titles, units and questions, once, for Grafana and for us.

dashboards.py makes Grafana's JSON of it, panel_drawings.py pictures.
"""

from dataclasses import dataclass

WINDOW = "$__rate_interval"  # Grafana's: four scrapes at least


@dataclass(frozen=True)
class Panel:
    title: str
    kind: str  # timeseries, stat or barchart
    unit: str  # as Grafana calls it
    queries: tuple[tuple[str, str], ...]  # PromQL, and what the legend says
    about: str = ""
    instant: bool = False


def quantile(share: float, metric: str) -> str:
    return f"histogram_quantile({share}, sum by(le) (rate({metric}_bucket[{WINDOW}])))"


SECONDS = "observatory_http_request_seconds"
MILLISECONDS = "dramatiq_message_duration_milliseconds"

PANELS = (
    Panel(
        "Requests",
        "timeseries",
        "reqps",
        ((f"sum by(route) (rate({SECONDS}_count[{WINDOW}]))", "{{route}}"),),
        "A line a route; `none` is what we do not have.",
    ),
    Panel(
        "How long visitors wait",
        "timeseries",
        "s",
        tuple(
            (quantile(share, SECONDS), f"p{share:.0%}"[:-1]) for share in (0.5, 0.95)
        ),
        "Half of the visitors, and 95 of 100, wait at most this long.",
    ),
    Panel(
        "Share of failures",
        "timeseries",
        "percentunit",
        (("job:http_errors:ratio_rate1m", "{{job}}"),),
        "Answers of 500 and above. An alert rings at 5 %.",
    ),
    Panel(
        "Messages that wait",
        "timeseries",
        "short",
        (("observatory_queue_messages", "{{queue}}"),),
    ),
    Panel(
        "How long a job takes",
        "timeseries",
        "ms",  # Dramatiq counts milliseconds, as the metric's name says
        ((quantile(0.95, MILLISECONDS), "p95"),),
    ),
    Panel(
        "Who answers",
        "stat",
        "short",
        (("up", "{{job}}"),),
        "1 is up, 0 is away.",
        instant=True,
    ),
    Panel(
        "Processor and GPUs",
        "timeseries",
        "percentunit",
        (("observatory_busy_ratio", "{{part}}"),),
        "Share of the processor in use, and of each GPU where there are some.",
    ),
    Panel(
        "The warden's die",
        "barchart",
        "short",
        (("sum by(face) (observatory_die_rolls_total)", "{{face}}"),),
        "A bar a face: Instant, for Range would draw all bars again at each moment.",
        instant=True,
    ),
    Panel(
        "Drift of the predictions",
        "timeseries",
        "short",
        (("observatory_prediction_drift_psi", "model {{model_version}}"),),
        "0: the birds of the training. Above 0.25 somebody should look.",
    ),
)
