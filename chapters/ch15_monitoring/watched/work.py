"""Start Dramatiq with a metrics folder that is new, and so holds no former run.

Run: python -m chapters.ch15_monitoring.watched.work MODULE PORT [dramatiq's options]
"""

import os
import sys
import tempfile
from collections.abc import Sequence

HOST = "dramatiq_prom_host"


def metrics(folder: str, port: str) -> dict[str, str]:
    """Both names, one folder: the first is for our counters, the second Dramatiq's.

    They count only if they are there before prometheus_client is imported.
    """
    return {
        "PROMETHEUS_MULTIPROC_DIR": folder,
        "dramatiq_prom_db": folder,
        "dramatiq_prom_host": os.environ.get(HOST, "127.0.0.1"),  # not everybody's
        "dramatiq_prom_port": port,
    }


def work(module: str, port: str, options: Sequence[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="worker-metrics-") as folder:
        os.environ.update(metrics(folder, port))
        from dramatiq.cli import main, make_argument_parser

        arguments = [module, "--processes", "1", "--threads", "2", *options]
        code: int = main(make_argument_parser().parse_args(arguments))
        return code


if __name__ == "__main__":
    sys.exit(work(sys.argv[1], sys.argv[2], sys.argv[3:]))
