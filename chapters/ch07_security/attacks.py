"""The visitor's side: sign in, be a thief, walk over every object, knock at the socket.

Try: attacks.walk_objects(httpx.Client(base_url="http://127.0.0.1:8007"), people)
"""

import sqlite3
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from time import perf_counter
from typing import Any, Protocol

import httpx
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

PASSWORD = "herons nest in the oak"
Headers = Mapping[Any, Any]


class Api(Protocol):
    def request(self, method: str, path: str, /, **sent: Any) -> httpx.Response: ...


def account(name: str, password: str = PASSWORD) -> dict[str, str]:
    email = f"{name.lower()}@reserve.example"
    return {"email": email, "name": name, "password": password}


def sign_in(
    api: Api, who: Mapping[str, str], address: str = "192.0.2.1", **other: str
) -> httpx.Response:
    """As the reverse proxy sends it: `address` is where the visitor sits."""
    form = {"username": who["email"], "password": who["password"]} | other
    headers = {"X-Forwarded-For": address}
    return api.request("POST", "/gate/token", data=form, headers=headers)


def browse(api: Api, who: Mapping[str, str]) -> httpx.Response:
    """As a page signs in: the answer sets two cookies."""
    sent = {"email": who["email"], "password": who["password"]}
    return api.request("POST", "/gate/login", json=sent)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def bad_tokens(token: str) -> dict[str, Headers]:
    return {
        "none": {},
        "garbage": bearer("kestrel"),
        "a letter missing": bearer(token[:-1]),
        "not ASCII": {b"Authorization": "Bearer héron".encode()},
        "another scheme": {"Authorization": "Basic YWRhOnBhc3M="},
    }


def steal(database: str) -> tuple[str, str, str]:
    """A token's digest, a password's hash, and all that is stored, as text."""
    with closing(sqlite3.connect(database)) as thief:
        [digest] = thief.execute("SELECT digest FROM tokens").fetchone()
        [hashed] = thief.execute("SELECT password_hash FROM observers").fetchone()
        return digest, hashed, "\n".join(thief.iterdump())


def plant(database: str, hashed: str) -> None:
    """Everybody has the hash that a former system left."""
    with closing(sqlite3.connect(database)) as shell, shell:
        shell.execute("UPDATE observers SET password_hash = ?", [hashed])


def walk_objects(api: Api, people: Mapping[str, Headers]) -> list[dict[str, Any]]:
    """Each operation with an object in its path, as each of these people.

    The last of them owns the object.
    """
    *_, owner = people.values()
    sent = {"species": "otter"}
    new = api.request("POST", "/gate/sightings", json=sent, headers=owner).json()
    paths = api.request("GET", "/gate/openapi.json").json()["paths"]
    rows = []
    for path in [path for path in paths if "{sighting_id}" in path]:
        url = "/gate" + path.replace("{sighting_id}", str(new["id"]))
        for method in paths[path]:
            row: dict[str, Any] = {"route": f"{method.upper()} {path}"}
            for name, headers in people.items():
                body = sent if method == "put" else None
                reply = api.request(method.upper(), url, json=body, headers=headers)
                row[name] = reply.status_code
            rows.append(row)
    return rows


def knock(url: str, origin: str, cookie: str) -> str | int:
    """What the socket says, or the status with which it stays shut."""
    address = url.replace("http", "ws", 1) + "/gate/live"
    headers = {"Cookie": cookie}
    try:
        with connect(
            address, origin=Origin(origin), additional_headers=headers
        ) as socket:
            socket.send("how many?")
            return str(socket.recv())
    except InvalidStatus as refused:
        return refused.response.status_code


def longest_wait(api: Api, path: str) -> float:
    """Seconds that a pong takes at most while four passwords are hashed."""
    waits = []
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(api.request, "POST", path) for _ in range(4)]
        while not all(job.done() for job in jobs):
            start = perf_counter()
            api.request("GET", "/hashing-place/ping")
            waits.append(perf_counter() - start)
    return max(waits)
