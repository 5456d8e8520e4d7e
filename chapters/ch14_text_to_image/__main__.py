"""The studio and one worker, on the addresses in the settings (SQLite by default).

Run: python -m chapters.ch14_text_to_image   (needs REDIS_URL and S3_ENDPOINT to answer)
"""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack

import uvicorn

from chapters.ch14_text_to_image.studio.settings import ROOT

WORKER = "chapters.ch14_text_to_image.studio.worker:queue"
(ROOT / "work").mkdir(exist_ok=True)
# Told to end, we end by an exception, so that what is called back is called.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
command = [sys.executable, "-m", "dramatiq", "-p", "1", "-t", "1", WORKER]
with subprocess.Popen(command) as worker, ExitStack() as stack:
    stack.callback(worker.terminate)
    app = "chapters.ch14_text_to_image.app:app"
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ.get("PORT", "8014")))
