"""The exercises of chapter 15. The checks ask as a log, a server or a scrape would."""

import asyncio
import math
import random
import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from numbers import Real
from typing import Any

import httpx
from fastapi import BackgroundTasks, FastAPI
from prometheus_client import CollectorRegistry

from chapters.ch15_monitoring.little.functions import quantile
from chapters.ch15_monitoring.rehearsed import STEPS, Made, Unreadable, answer
from chapters.toolkit.checks import exercise, short


@exercise(
    "ch15.redaction",
    title="Secrets that never reach the log",
    hints=(
        "What do `password=x`, `Token: y` and `API_KEY=z` have in common, and where "
        "does each secret end?",
        "`re.sub` with a group for what stays, the flag `re.IGNORECASE`, and a class "
        "of characters that a secret is made of.",
        r"`re.sub(r'(?i)((?:password|token|api_key)\s*[=:]\s*)[^\s,;]+', "
        r"r'\1[hidden]', line)`, and a second one for `://user:secret@host`.",
    ),
    why="a log is copied to more places than you know, and kept longer than you think.",
)
def redaction(redacted: Callable[..., Any]) -> None:
    for line, hidden in LINES:
        # An address has no room for / and @ in its password.
        middle = ":" if "://" in line else "/=@:&"
        first, second = (
            f"{secrets.token_hex(4)}{middle}{secrets.token_hex(4)}" for _ in range(2)
        )
        made = {"first": f"{first}==", "second": second, "pin": secrets.token_hex(2)}
        hides(redacted, line.format(**made), hidden or line, made)


LINES = (
    ("login of anna password={first}", "login of anna password=[hidden]"),
    ("password={pin}, station=HP1", "password=[hidden], station=HP1"),
    ("Token: {second} and API_KEY={pin}", "Token: [hidden] and API_KEY=[hidden]"),
    ("token={first};token={second}", "token=[hidden];token=[hidden]"),
    ("PASSWORD: {pin}; api_key:{first}", "PASSWORD: [hidden]; api_key:[hidden]"),
    ("TOKEN={second}  by  anna \n", "TOKEN=[hidden]  by  anna \n"),
    ("DB_PASSWORD={first} DB=hides", "DB_PASSWORD=[hidden] DB=hides"),
    ("redis://warden:{first}@db:6379/0", "redis://warden:[hidden]@db:6379/0"),
    ("postgresql://a:{second}@db/b@c", "postgresql://a:[hidden]@db/b@c"),
    ("amqp://a:{first}@b s3://a:{pin}@b", "amqp://a:[hidden]@b s3://a:[hidden]@b"),
    ("the otter passed a word on", ""),
    ("no token, for the password is wrong", ""),
    ("http://reserve:8000/hides?at=12:30", ""),
    ("http://reserve:8000/hides by anna@reserve", ""),
)


def hides(
    redacted: Callable[..., Any], line: str, expected: str, made: dict[str, str]
) -> None:
    got = redacted(line)
    asked = (
        f"I gave `redacted` the line `{short(line)}` and got `{short(str(got))}`. "
        f"Expected `{short(expected)}`"
    )
    for secret in made.values():
        left = [one for one in re.findall(r"\w{4,}", secret) if one in str(got)]
        assert not left, (
            f"{asked}, because `{secret}` is a secret, and "
            f"{'it' if secret in got else 'a part of it'} is still there."
        )
    spaced = str(got).split() == expected.split()
    rest = "its blanks and its end of line as well" if spaced else "the rest"
    assert got == expected, f"{asked}, because whoever reads the log needs {rest}."


@exercise(
    "ch15.request-id",
    title="One id from the visitor to the last line",
    hints=(
        "Concurrent requests share your variables. What do they not share?",
        "A pure ASGI function: `current.set(...)` before `await app(...)`, and a "
        "wrapped `send` that adds the header to `http.response.start`.",
        "`MutableHeaders(scope=message)['X-Request-ID'] = request_id` inside of "
        "`async def tell(message)`; `re.fullmatch('[A-Za-z0-9-]{6,64}', sent)`.",
    ),
    why="with one id you find the three lines that belong together among a million.",
)
async def request_id(with_request_id: Callable[..., Any]) -> None:
    current: ContextVar[str] = ContextVar("current", default="-")
    current.set("nobody's")
    app = with_request_id(otters(current), current)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://reserve") as api:
        for mine in (f"Otter-{secrets.token_hex(4)}", "newt-7", "a" * 64):
            await told_back(api, mine, mine, "a decent id that a visitor sends is kept")
        for bad in (*BAD, None):
            because = f"`{short(bad, 20)}` is no decent id" if bad else "each needs one"
            fresh = {await told_back(api, bad, None, because) for _ in range(3)}
            assert len(fresh) == 3, (
                f"I asked three times {with_the_id(bad)} and got {sorted(fresh)}. "
                "Expected three ids, because two requests with one id cannot be told "
                "apart, and nothing of a bad one is kept."
            )
        await at_once(api)
        await crashed(api)
    await started(app)
    at_rest = current.get()
    assert at_rest == "nobody's", (
        f"After all requests `current` says `{at_rest}`. Expected `nobody's`, as "
        "before, because what a server logs between requests belongs to none of them."
    )


BAD = (
    "x",
    "newts",
    "a" * 65,
    "otter 7 says hi",
    "kestrel;drop",
    "7;kestrel",
    "hide_12",
)


def with_the_id(sent: str | None) -> str:
    return f"with the id `{short(sent, 30)}`" if sent else "without an id"


def otters(current: ContextVar[str]) -> FastAPI:
    """An app that says which id it sees, and saw behind the last answer."""
    app, both, behind = FastAPI(), asyncio.Barrier(2), [""]

    async def look() -> None:
        behind[0] = current.get()

    @app.get("/otters")
    async def otters(after: BackgroundTasks) -> str:
        after.add_task(look)
        return current.get()

    @app.get("/behind")
    async def last() -> str:
        return behind[0]

    @app.get("/meet")
    async def meet() -> str:
        await both.wait()
        return current.get()

    @app.get("/crash")
    async def crash() -> None:
        raise LookupError("the otter is gone")

    return app


async def at_once(api: httpx.AsyncClient) -> None:
    ids = [f"visitor-{secrets.token_hex(3)}" for _ in range(2)]
    asks = [api.get("/meet", headers={"X-Request-ID": i}) for i in ids]
    asked = f"I asked with the ids {ids} at the same time, and"
    try:
        replies = await asyncio.wait_for(asyncio.gather(*asks), 3)
    except TimeoutError:
        raise AssertionError(
            f"{asked} the second waited until the first was answered. Expected both "
            "inside, because one slow visitor must not stop all others."
        ) from None
    seen = [reply.json() for reply in replies]
    assert seen == ids, (
        f"{asked} the endpoints saw {seen}. Expected each its own, because their lines "
        "would be mixed up."
    )
    told = [reply.headers.get("X-Request-ID") for reply in replies]
    assert told == ids, (
        f"{asked} the answers say {told}. Expected each its own, because the visitor "
        "who complains would quote another's."
    )


async def crashed(api: httpx.AsyncClient) -> None:
    """In a task of its own: whether an id outlives a crash is yours to choose."""
    [crash] = await asyncio.gather(api.get("/crash"), return_exceptions=True)
    assert isinstance(crash, LookupError), (
        "An endpoint raised a `LookupError`, and from your app comes "
        f"`{short(crash)}`. Expected the error, because the server logs its traceback."
    )


async def started(app: Any) -> None:
    """As a server does before the first request."""
    said: list[str] = []
    received = iter(["lifespan.startup", "lifespan.shutdown"])

    async def receive() -> dict[str, str]:
        return {"type": next(received)}

    async def send(message: dict[str, Any]) -> None:
        said.append(message["type"])

    try:
        await app({"type": "lifespan", "state": {}}, receive, send)
    except Exception as error:
        said.append(repr(error))
    assert said[:1] == ["lifespan.startup.complete"], (
        "I started the app, with a scope of the type `lifespan`, and it said "
        f"`{short(said)}`. Expected `lifespan.startup.complete`, because only a scope "
        "of the type `http` has headers, and every other goes to `app` as it came."
    )


SAME_ID = (
    "Expected the same, because the log lines carry the second, and the visitor knows "
    "the first."
)


async def told_back(
    api: httpx.AsyncClient, sent: str | None, expected: str | None, because: str
) -> str:
    """Ask once; the id in the header is the one that the endpoint saw."""
    asked = f"I asked {with_the_id(sent)}"
    reply = await api.get("/otters", headers={"X-Request-ID": sent} if sent else {})
    assert reply.is_success and "content-type" in reply.headers, (
        f"{asked} and got `{reply.status_code}` with the headers "
        f"`{short(dict(reply.headers))}`. Expected the answer of `app` as it is, and "
        "one header more."
    )
    header, seen = reply.headers.get("X-Request-ID"), reply.json()
    assert header, (
        f"{asked}, and the answer has no `X-Request-ID`. Expected one, because the "
        "visitor who complains should be able to quote it."
    )
    behind = (await api.get("/behind")).json()
    for place, id in (("inside", seen), ("in a task behind the answer", behind)):
        told = f"{asked}; the answer says `{short(header, 30)}`, and {place} `current`"
        assert id == header, f"{told} was `{short(id, 30)}`. {SAME_ID}"
    new = header != sent and 6 <= len(header) <= 64
    assert (header == expected) if expected else new, (
        f"{asked} and got `{short(header, 30)}`. Expected "
        f"`{expected or 'a new one of 6 to 64 characters'}`, because {because}."
    )
    return str(header)


@exercise(
    "ch15.buckets",
    title="Buckets that tell the truth",
    hints=(
        "Within a bucket Prometheus knows nothing. Where, then, must bounds be close?",
        "Sort the times; a bound just below and one just above each quantile that you "
        "want to read.",
        "`for share in (0.5, 0.95, 0.99): t = times[int(share * len(times))]`, with "
        "the bounds `t * 0.95` and `t * 1.05`, sorted.",
    ),
    why="p95 is read off the buckets: with bounds at 0.1, 0.5 and 1 second each fast "
    "service seems to answer in exactly 95 ms.",
)
def buckets(choose: Callable[..., Any]) -> None:
    for middle, shape in ((0.001, even), (0.3, cached), (20.0, long_tailed), (2, even)):
        middle *= 1 + random.random()
        times = [shape() * middle for _ in range(random.randrange(2000, 5000))]
        times[0] = 100 * middle  # somebody always waits
        named = f"I gave `choose` {len(times)} times around {middle:.3g} s and got"
        bounds = a_histogram_takes(choose(list(times)), named)
        for share in (0.5, 0.95, 0.99):
            close_enough(times, bounds, share, named)


def a_histogram_takes(made: Any, named: str) -> list[float]:
    bounds = made.tolist() if hasattr(made, "tolist") else made  # NumPy's array
    assert isinstance(bounds, list | tuple) and bounds, (
        f"{named} `{short(bounds)}`. Expected a list of upper bounds."
    )
    wrong = [b for b in bounds if not (isinstance(b, Real) and math.isfinite(b))]
    assert not wrong, (
        f"{named} `{short(repr(wrong[0]))}` among the bounds. Expected numbers of "
        "seconds, and no infinity, because `Histogram` adds that by itself."
    )
    assert len(bounds) <= 8, (
        f"{named} {len(bounds)} bounds. Expected at most 8, because each is a "
        "time series for every route and every process."
    )
    assert [*bounds] == sorted({*bounds}), (
        f"{named} `{short(bounds)}`. Expected them rising, because that is how "
        "`Histogram(buckets=...)` wants them."
    )
    return [float(one) for one in bounds]


def even() -> float:
    return random.lognormvariate(0, 0.6)


def long_tailed() -> float:
    return random.lognormvariate(0, 1.3)


def cached() -> float:
    """Most are answered from a cache; one in five takes thirty times as long."""
    return random.lognormvariate(0, 0.3) * random.choice((1, 1, 1, 1, 30))


def close_enough(
    times: list[float], bounds: list[float], share: float, named: str
) -> None:
    counted = [(one, float(sum(t <= one for t in times))) for one in bounds]
    said = quantile(share, [*counted, (float("inf"), float(len(times)))])
    truth = sorted(times)[int(share * len(times))]
    assert abs(said - truth) <= 0.1 * truth, (
        f"{named} `{short([float(f'{one:.3g}') for one in bounds])}`. Prometheus would "
        f"say that the quantile {share} is {said:.3g} s, and it is {truth:.3g} s. "
        "Expected at most 10 % of difference, because somebody decides by it."
    )


@exercise(
    "ch15.promql",
    title="Which route fails, and how often",
    hints=(
        "A share is one rate divided by another. Which requests are above, which below "
        "the line?",
        "`rate(...[1m])` of the counter, `sum by(route)` around it, once with "
        'a matcher `status=~"5.."` and once without.',
        'sum by(route) (rate(observatory_http_requests_total{status=~"5.."}[1m])) / '
        "sum by(route) (rate(observatory_http_requests_total[1m]))",
    ),
    why="a total since the start hides tonight's failures behind last month's "
    "successes; a rate forgets what is over.",
)
def promql(failing: Callable[..., Any]) -> None:
    query = failing()
    assert isinstance(query, str) and query.strip(), (
        f"`failing()` gave `{short(query)}`. Expected a question in PromQL, as a text."
    )
    series, expected = traffic(random.choice(FAILURES), random.choice(SUCCESSES))
    try:
        got = answer(query, series)
    except Unreadable as error:
        raise AssertionError(
            f"I asked `{short(query)}` and Prometheus said: {error}. Expected a "
            "question that it can read."
        ) from None
    compared(query, {"/owls": 0.0} | got, expected)  # no failure: 0, or no answer


# How many failures, and how many successes. With more failures than these, a question
# that sums before it takes the rate comes near to the share that is right.
FAILURES, SUCCESSES = range(1, 5), range(11, 19)


def traffic(bad: int, ok: int) -> tuple[Made, dict[str, float]]:
    """Counters of five minutes, and each route's share of failures in the last."""
    series = {
        ("/hides", "500"): counted_up(500, 0, 0, 0),
        ("/hides", "200"): counted_up(3, ok, ok, ok),
        ("/plates", "200"): counted_up(200, ok, ok, ok, restart=True),
        ("/plates", "500"): counted_up(1, 3 * bad, bad, 0, restart=True),
        ("/plates", "511"): counted_up(1, bad, 0, bad),
        ("/plates", "415"): counted_up(1, 4, 4, 4),
        ("/plates", "304"): counted_up(1, 2, 2, 2),
        ("/nests", "502"): counted_up(1, ok, ok, ok),
        ("/owls", "200"): counted_up(1, ok, ok, ok),
    }
    plates = 6 * bad / (6 * bad + 3 * ok + 12 + 6)
    return series, {"/hides": 0.0, "/plates": plates, "/nests": 1.0, "/owls": 0.0}


def counted_up(before: int, *last: int, restart: bool = False) -> list[int]:
    """A counter, scrape by scrape: growth a step, and that of the last minute."""
    values = [before * (n + 1) for n in range(STEPS + 1 - len(last))]
    for n, growth in enumerate(last):
        fresh = restart and n == 1  # the process begins anew, from 0
        values.append(growth + (0 if fresh else values[-1]))
    return values


def compared(query: str, got: dict[str, float], expected: dict[str, float]) -> None:
    asked = f"I asked `{short(query, 200)}`"
    assert set(got) == set(expected), (
        f"{asked} and got answers for {sorted(got) or 'nothing'}. Expected one for "
        f"each of {sorted(expected)}, because the first question in the night is "
        "*where*."
    )
    reasons = {
        "/hides": "all of its failures lie before the last minute",
        "/plates": "500 and 511 are failures, 415 is the visitor's, 304 is none, and "
        "all requests of the whole minute are below the line, also those before the "
        "process began anew",
        "/nests": "nothing else than failures was answered there",
        "/owls": "nothing failed there",
    }
    for route, share in expected.items():
        assert abs(got[route] - share) < 0.005, (
            f"{asked} and got {got[route]:.3g} for `{route}`. Expected {share:.3g}, a "
            f"share from 0 to 1, because {reasons[route]}."
        )


@exercise(
    "ch15.labels",
    title="A label that nobody can blow up",
    hints=(
        "How many different values may the label ever have?",
        "A `Counter` with one label, made once, and a value that is replaced where it "
        "is not one of those you know.",
        '`counter = Counter("searches_total", "Searches.", ["species"], '
        "registry=registry)`, and in `note`: `counter.labels(word if word in KNOWN "
        'else "other").inc()`.',
    ),
    why="each value of a label is a time series, in your process and on the server's "
    "disk: one that visitors fill in brings both down.",
)
def labels(count_searches: Callable[..., Any]) -> None:
    registries = [CollectorRegistry() for _ in range(2)]
    notes = [count_searches(one) for one in registries]
    assert all(callable(note) for note in notes), (
        f"`count_searches(registry)` gave `{short(notes[0])}`. Expected a function "
        "that notes one word."
    )
    known = {"otter": 3, "osprey": 2, "newt": 1}
    words = [word for word, times in known.items() for _ in range(times)]
    # Near misses, and others; each of them is typed twice.
    words += ["newton", "ott", "an otter", "", *map(secrets.token_hex, [1] * 16)] * 2
    random.shuffle(words)
    for word in words:
        notes[0](word)
    counted(registries[0], known | {"other": 40})
    notes[1]("otter")
    again = {
        sample["species"]: value for sample, value in series(registries[1]) if value
    }
    assert again == {"otter": 1}, (
        f"I called `count_searches` with a second registry and noted `otter`: there "
        f"`searches_total` says {again}. Expected it there, once, because the counter "
        "belongs to the registry that I gave you."
    )


def series(registry: CollectorRegistry) -> list[tuple[dict[str, str], float]]:
    """All that the registry would show, but for when it was made."""
    return [
        (sample.labels, sample.value)
        for family in registry.collect()
        for sample in family.samples
        if not sample.name.endswith("_created")
    ]


def counted(registry: CollectorRegistry, expected: dict[str, int]) -> None:
    did = "I noted 6 words that you know and 40 that nobody does"
    one_counter(registry, did)
    found = series(registry)
    assert all(set(names) == {"species"} for names, _ in found), (
        f"{did}, and a series has the labels {short(found[0][0])}. Expected `species` "
        "alone, because each label more multiplies the series."
    )
    seen = {names["species"]: value for names, value in found}
    assert set(seen) <= set(expected), (
        f"{did}, and there are {len(seen)} series, one of them "
        f"`{max(set(seen) - set(expected), key=len)}`. Expected at most 4, because a "
        "visitor who types must not make a series."
    )
    assert seen == expected, (
        f"{did}, and `searches_total` says {seen}. Expected {expected}, because every "
        "search is counted, under its species or under `other`."
    )


def one_counter(registry: CollectorRegistry, did: str) -> None:
    kinds = {family.name: family.type for family in registry.collect()}
    assert "searches" in kinds or "searches_total" in kinds, (
        f"{did}, and the registry has no `searches_total`. Expected it there, because "
        "`registry` is what /metrics shows."
    )
    assert kinds == {"searches": "counter"}, (
        f"{did}, and the registry has {kinds}. Expected one counter and nothing "
        "else, because `rate` needs a number that only rises, and a second metric may "
        "grow with what visitors type."
    )
