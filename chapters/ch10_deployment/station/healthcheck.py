"""Ask our own /health; exit code 0 or 1. The image has no curl, and needs none.

Run: python -m station.healthcheck 8000
"""

import sys
from contextlib import closing
from http.client import HTTPConnection, HTTPException


def alive(port: int) -> bool:
    with closing(HTTPConnection("127.0.0.1", port, timeout=2)) as connection:
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False


if __name__ == "__main__":
    sys.exit(not alive(int(sys.argv[1])))
