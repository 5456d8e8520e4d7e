"""The kernels' settings, for tests and learners alike (IPYTHONDIR points here).

Nobody's own start-up files change an output, no history is kept, and ipykernel's
note that its loopback sockets are not encrypted stays out of the log.
"""

import os
import sys
from pathlib import Path

ROOT = str(Path(__file__).resolve().parents[3])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)
paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
if ROOT not in paths:
    os.environ["PYTHONPATH"] = os.pathsep.join([ROOT, *filter(None, paths)])

c = get_config()  # noqa: F821 - IPython defines it
c.IPKernelApp.log_level = 40
c.HistoryManager.enabled = False
