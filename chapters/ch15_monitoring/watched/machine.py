"""How busy the processor is, and each GPU where there is one."""

import shutil
import subprocess
from collections.abc import Iterable

import psutil
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

ASK = ("--query-gpu=index,utilization.gpu,memory.used", "--format=csv,noheader,nounits")


def read_gpus(tool: str | None) -> list[tuple[str, float, float]]:
    """Index, utilisation from 0 to 1, and bytes in use of each GPU."""
    if tool is None:
        return []
    try:
        done = subprocess.run([tool, *ASK], capture_output=True, text=True, timeout=5)
    except (OSError, subprocess.TimeoutExpired):
        return []
    found = []
    for line in done.stdout.splitlines():
        index, *numbers = (part.strip() for part in line.split(","))
        if len(numbers) == 2 and all(map(str.isdecimal, numbers)):  # else "[N/A]"
            found.append((index, int(numbers[0]) / 100, int(numbers[1]) * 2.0**20))
    return found


class Machine(Collector):
    def __init__(self, tool: str | None = shutil.which("nvidia-smi")) -> None:
        self.tool = tool
        psutil.cpu_percent()  # the first answer covers no time: throw it away

    def collect(self) -> Iterable[GaugeMetricFamily]:
        about = "Share in use: of the processor since the last scrape, of a GPU now."
        busy = GaugeMetricFamily("observatory_busy_ratio", about, labels=["part"])
        used = GaugeMetricFamily(
            "observatory_gpu_memory_bytes", "GPU memory in use.", labels=["part"]
        )
        busy.add_metric(["processor"], psutil.cpu_percent() / 100)
        for index, share, memory in read_gpus(self.tool):
            busy.add_metric([f"GPU {index}"], share)
            used.add_metric([f"GPU {index}"], memory)
        yield from (busy, used)
