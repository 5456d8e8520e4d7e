"""A port belongs to one server at a time. Try: python ports.py 8001"""

import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def is_taken(port: int) -> bool:
    """Knock: somebody opens, or nobody is there."""
    with socket.socket() as knock:
        knock.settimeout(1)
        return knock.connect_ex(("127.0.0.1", port)) == 0


def serve_there(port: int) -> subprocess.CompletedProcess[str]:
    """Start the stations on a port that is taken, and return how it ended."""
    server = [sys.executable, "-m", "uvicorn", "chapters.ch01_environment.app:app"]
    where = ["--no-use-colors", "--app-dir", str(ROOT), "--port", str(port)]
    return subprocess.run(
        server + where, capture_output=True, check=False, text=True, timeout=60
    )


if __name__ == "__main__":
    print("taken" if is_taken(int(sys.argv[1])) else "free")
