"""A visitor who sends the beginning of a request and then nothing more.

Run: python -m chapters.ch10_deployment.slow_client PORT
"""

import socket
import sys

HEAD = b"POST /notes HTTP/1.1\r\nHost: station\r\n"
TYPE = b"Content-Type: text/plain\r\nContent-Length: 100\r\n"
WHOLE_HEAD = HEAD + TYPE + b"\r\n"


def unfinished(port: int, part: bytes, patience: float = 5) -> str:
    """Send `part`, wait: the status line, `closed`, or `still waiting`."""
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as visitor:
        visitor.sendall(part)
        try:
            answer = visitor.recv(1_000)
        except TimeoutError:
            return "still waiting"
    return answer.partition(b"\r\n")[0].decode() or "closed"


if __name__ == "__main__":
    for part in (HEAD, WHOLE_HEAD + b"a heron, "):
        print(unfinished(int(sys.argv[1]), part))
