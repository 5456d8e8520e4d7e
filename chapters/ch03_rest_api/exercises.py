"""The exercises of chapter 3. Each check asks the learner's app as a client would."""

import secrets
from typing import Any

from fastapi import FastAPI

from chapters.toolkit.checks import Client, exercise

SECRETS = {"badge", "email"}


@exercise(
    "ch03.validated-path",
    title="A ring number and nothing else",
    hints=(
        "Which part of a parameter's declaration can hold a rule about its text?",
        r"`Path(pattern=...)` inside `Annotated`. Remember that `\w` and `\d` let in "
        "more than A to Z and 0 to 9.",
        'Annotate `ring` with `Annotated[str, Path(pattern=r"^[A-Z]{2}...$")]` and '
        "finish the pattern.",
    ),
    why="the rule stands in the signature, so the function never sees a false ring "
    "and the docs page tells every client what a true one looks like.",
)
def validated_path(app: FastAPI) -> None:
    refused = {
        "hello": "a ring is two capital letters and three digits.",
        "KE20": "a ring has three digits, not two.",
        "__204": r"an underscore is no letter, though `\w` takes it for one.",
        "ke204": "the letters on a ring are capitals.",
        "KE٢٠٤": r"a ring has the digits 0 to 9, and `\d` knows many more.",
        "KE2045": "what follows a ring number makes it a different text: tie the "
        "pattern to the end.",
        "xKE204": "what precedes a ring number makes it a different text: tie the "
        "pattern to the start.",
    }
    with Client(app) as client:
        reply = begun(client.get("/rings/KE204"))
        good = "KE204 is a ring as good as any."
        client.expect(reply, 200, because=good, json={"ring": "KE204"})
        for ring, because in refused.items():
            client.ask("GET", f"/rings/{ring}", 422, because=because)


@exercise(
    "ch03.paging",
    title="A page of sightings, within bounds",
    hints=(
        "Which part of a parameter's declaration can hold a bound?",
        "`Query(ge=..., le=...)` inside `Annotated`; the default stands after `=`. A "
        "page of a list is a slice.",
        "`limit: Annotated[int, Query(ge=1, le=50)] = 10`, the same for `offset`, and "
        "`SIGHTINGS[offset : offset + limit]`.",
    ),
    why="bounds in the signature keep one careless client from asking for everything "
    "at once, and `total` tells it when to stop asking.",
)
def paging(app: FastAPI) -> None:
    refused = {
        "limit=-1": "a client that sends nonsense must hear about it rather than get "
        "everything.",
        "limit=0": "a page of nothing is a mistake of the client.",
        "limit=51": "50 is the most one may ask for, and a silent cut would look like "
        "the end of the list.",
        "offset=-1": "nothing comes before the first sighting.",
        "limit=many": "a limit is a number.",
    }
    with Client(app) as client:
        begun(client.get("/sightings"))
        page_is(client, "", range(1, 11))
        page_is(client, "?limit=5&offset=20", range(21, 26))
        page_is(client, "?limit=50&offset=55", range(56, 61))
        page_is(client, "?offset=60", range(0))
        for query, because in refused.items():
            client.ask("GET", f"/sightings?{query}", 422, because=because)


def page_is(client: Client, query: str, items: range) -> None:
    expected = {"items": list(items), "total": 60}
    because = f"this page holds {len(items)} of 60 sightings."
    reply = client.get(f"/sightings{query}")
    client.expect(reply, 200, because=because, json=expected)


@exercise(
    "ch03.upload",
    title="A photo, if it is one and if it is small",
    hints=(
        "What does an `UploadFile` know before you have read a byte of it?",
        "`photo.content_type` and `photo.size`; `HTTPException` says no with a status.",
        "Raise `HTTPException(415)` unless the type is in a set of two, then "
        "`HTTPException(413)` if `photo.size` is above 100_000; put "
        "`status_code=201` into the decorator.",
    ),
    why="415 and 413 tell the client which of its two mistakes it made, and "
    "`photo.size` says how much came without another look at the file.",
)
def upload(app: FastAPI) -> None:
    with Client(app) as client:
        reply = begun(send(client, "otter.png", 100, "image/png"))
        new = "a photo of 100 bytes is kept, and something new exists."
        body = {"name": "otter.png", "size": 100}
        client.expect(reply, 201, because=new, json=body)
        for name, size, media_type, status, because in (
            ("otter.jpg", 100_000, "image/jpeg", 201, "100000 bytes are just allowed."),
            ("a.txt", 20, "text/plain", 415, "a text is not a PNG or JPEG picture."),
            ("otter.png", 100_001, "image/png", 413, "100001 bytes are one too many."),
        ):
            reply = send(client, name, size, media_type)
            client.expect(reply, status, because=because)
        client.ask("POST", "/photos", 422, because="no photo is in this request.")


def send(client: Client, name: str, size: int, media_type: str) -> Any:
    return client.post("/photos", files={"photo": (name, bytes(size), media_type)})


@exercise(
    "ch03.upsert",
    title="Create or replace, and say which",
    hints=(
        "How can a function answer with one status today and another tomorrow?",
        "Ask for a `response: Response` argument and set its `status_code` and "
        "`headers`; the decorator takes `responses=` for the docs.",
        "If `code` is new: `response.status_code = 201` and "
        '`response.headers["Location"] = f"/stations/{code}"`. In the decorator: '
        '`responses={201: {"model": Station}}`.',
    ),
    why="a status chosen while the function runs is invisible to the docs until "
    "`responses=` declares it.",
)
def upsert(app: FastAPI) -> None:
    # A new code each time: the learner may check the same app twice.
    code = f"N{secrets.randbelow(10**9)}"
    path = f"/stations/{code}"
    pond = {"name": "Heron Pond", "habitat": "pond"}
    reeds = {"name": "Heron Pond", "habitat": "reeds"}
    with Client(app) as client:
        reply = begun(client.put(path, json=pond))
        client.expect(reply, 201, because=f"no station {code} was there.", json=pond)
        location = reply.headers.get("location", "none")
        assert location == path, (
            f"I created a station with `PUT {path}` and looked for the header "
            f"`Location`: `{location}`. Expected `{path}`, because a client "
            "should learn where the new thing lives."
        )
        reply = client.put(path, json=reeds)
        client.expect(reply, 200, because=f"{code} existed already.", json=reeds)
        half = {"name": "Pine Ridge"}
        reply = client.put("/stations/PR2", json=half)
        client.expect(reply, 422, because="a station without a habitat is half a one.")
    statuses_are_documented(app)


def statuses_are_documented(app: FastAPI) -> None:
    listed = set(app.openapi()["paths"]["/stations/{code}"]["put"]["responses"])
    missing = sorted({"200", "201"} - listed)
    assert not missing, (
        "I read your `/openapi.json`: `PUT /stations/{code}` lists "
        f"{sorted(listed)}. It lacks {missing}, and a client made from it would "
        "take such an answer for an error."
    )


@exercise(
    "ch03.no-leak",
    title="Nobody's address leaves",
    hints=(
        "What decides which fields of an object are sent: the object, or the type "
        "that the function promises?",
        "Write a second model with only the public fields and use it in the return "
        "annotation of every route.",
        "`class PublicObserver(BaseModel)` with `name` and `since`; then "
        "`-> PublicObserver` and `-> list[PublicObserver]`. `Observer` may inherit "
        "from it.",
    ),
    why="a return annotation is a filter: what it does not name does not leave, not "
    "even in the docs.",
)
def no_leak(app: FastAPI) -> None:
    ada, grace = {"name": "Ada", "since": 2019}, {"name": "Grace", "since": 2023}
    with Client(app) as client:
        for path, expected in {"/observers/1": ada, "/observers": [ada, grace]}.items():
            reply = begun(client.get(path))
            found = [
                secret for secret in sorted(SECRETS) if f'"{secret}"' in reply.text
            ]
            assert not found, (
                f"I asked `GET {path}` and found {found} in the answer. These are for "
                "the office: expected only `name` and `since`."
            )
            public = "name and year are there to be read."
            client.expect(reply, 200, because=public, json=expected)
    schemas = app.openapi().get("components", {}).get("schemas", {}).values()
    shown = {field for schema in schemas for field in schema.get("properties", {})}
    leaked = sorted(shown & SECRETS)
    assert not leaked, (
        f"Your answers are clean, but your `/openapi.json` still describes {leaked}. "
        "The docs promise what the app does not send: give the routes a model that "
        "never had these fields."
    )
    with Client(app) as client:
        client.ask("GET", "/observers/99", 404, because="nobody has the number 99.")


def begun(reply: Any) -> Any:
    """The reply; a stub is no mistake yet, so its error passes."""
    crash = reply.extensions["crash"]
    if isinstance(crash, NotImplementedError):
        raise crash
    return reply
