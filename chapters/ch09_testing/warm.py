"""Run modules as `python -m` does, each in a fork of this process.

The libraries are loaded once and not in every run; the chapter is loaded by the run.
Jobs come in by the socket on stdin, each with a pipe for what it prints.
"""

import gc
import json
import os
import runpy
import signal
import socket
import sys
from importlib import import_module

LIBRARIES = "pytest fastapi.testclient hypothesis pymongo sqlalchemy.ext.asyncio"

for library in LIBRARIES.split():
    import_module(library)
gc.freeze()  # no run has to look through them for garbage

jobs = socket.socket(fileno=0)
# A notebook's interrupt reaches every process of its kernel, and is meant for the run.
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
child = -1
while child:
    message, pipes, *_ = socket.recv_fds(jobs, 1_000_000, 1)
    if not message:
        sys.exit()
    child = os.fork()
    if child:
        os.close(pipes[0])

# Only a child comes here: it becomes the run.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGCHLD, signal.SIG_DFL)
job = json.loads(message)
os.chdir(job["folder"])
os.environ.clear()
os.environ.update(job["environment"])
for output in (1, 2):
    os.dup2(pipes[0], output)
os.dup2(os.open(os.devnull, os.O_RDONLY), jobs.detach())
paths = job["environment"]["PYTHONPATH"].split(os.pathsep)
sys.path[:1] = [job["folder"], *paths]
sys.argv = job["words"]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
