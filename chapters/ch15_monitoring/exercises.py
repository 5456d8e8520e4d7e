"""The exercises of chapter 15. The checks ask as a log, a server or a scrape would."""

import asyncio
import random
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import httpx
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from chapters.ch15_monitoring.little.functions import quantile
from chapters.ch15_monitoring.rehearsed import Unreadable, answer
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
    a, b, c = (f"{secrets.token_urlsafe(9)}." for _ in range(3))
    for line, expected in (
        (f"login of anna password={a}", "login of anna password=[hidden]"),
        (f"password={a}, station=HP1", "password=[hidden], station=HP1"),
        (f"Token: {b} and API_KEY={c}", "Token: [hidden] and API_KEY=[hidden]"),
        (f"token={a};token={b}", "token=[hidden];token=[hidden]"),
        (f"redis://warden:{c}@db:6379/0", "redis://warden:[hidden]@db:6379/0"),
        ("the otter passed a word on", "the otter passed a word on"),
        ("http://reserve:8000/hides?at=12:30", "http://reserve:8000/hides?at=12:30"),
    ):
        got = redacted(line)
        leaked = [one for one in (a, b, c) if one in str(got)]
        assert not leaked, (
            f"I gave `redacted` the line `{short(line)}` and got `{short(str(got))}`. "
            f"Expected `{expected}`, because `{leaked[0]}` is a secret, and it is "
            "still there."
        )
        assert got == expected, (
            f"I gave `redacted` the line `{short(line)}` and got `{short(str(got))}`. "
            f"Expected `{expected}`, because whoever reads the log needs the rest."
        )


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
    app = with_request_id(otters(current), current)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://reserve") as api:
        mine = f"otter-{secrets.token_hex(4)}"
        await told_back(api, mine, mine, "a decent id that a visitor sends is kept")
        for bad in ("x", "a" * 65, "otter 7 says hi", "otter;drop"):
            await told_back(api, bad, None, f"`{short(bad, 20)}` is no decent id")
        fresh = {await told_back(api, None, None, "each needs one") for _ in range(3)}
        assert len(fresh) == 3, (
            f"I asked three times without an id and got {sorted(fresh)}. Expected "
            "three ids, because two requests with one id cannot be told apart."
        )
        await at_once(api)
    at_rest = current.get()
    assert at_rest == "-", (
        f"After all requests `current` still says `{at_rest}`. Expected `-`, because "
        "what a server logs between requests belongs to none of them."
    )


def otters(current: ContextVar[str]) -> FastAPI:
    """An app that says which id it sees; with `meet`, when two are here."""
    app, both = FastAPI(), asyncio.Barrier(2)

    @app.get("/otters")
    async def otters(meet: bool = False) -> str:
        if meet:
            await asyncio.wait_for(both.wait(), 5)
        return current.get()

    return app


async def at_once(api: httpx.AsyncClient) -> None:
    ids = [f"visitor-{secrets.token_hex(3)}" for _ in range(2)]
    asks = [api.get("/otters?meet=1", headers={"X-Request-ID": i}) for i in ids]
    seen = [reply.json() for reply in await asyncio.gather(*asks)]
    assert seen == ids, (
        f"I asked with the ids {ids} at the same time, and the endpoints saw {seen}. "
        "Expected each its own, because their lines would be mixed up."
    )


async def told_back(
    api: httpx.AsyncClient, sent: str | None, expected: str | None, because: str
) -> str:
    """Ask once; the id in the header is the one that the endpoint saw."""
    headers = {"X-Request-ID": sent} if sent else {}
    reply = await api.get("/otters", headers=headers)
    header, seen = reply.headers.get("X-Request-ID"), reply.json()
    asked = f"I asked with the id `{short(sent or 'none', 30)}`"
    assert header, (
        f"{asked}, and the answer has no `X-Request-ID`. Expected one, because the "
        "visitor who complains should be able to quote it."
    )
    assert seen == header, (
        f"{asked}; the answer says `{short(header, 30)}`, and inside `current` was "
        f"`{short(seen, 30)}`. Expected the same, because the log lines carry the "
        "second, and the visitor knows the first."
    )
    right = header == expected if expected else header != sent and len(header) >= 6
    assert right, (
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
    for middle in (0.004, 0.3, 20.0):
        middle *= 1 + random.random()
        times = [random.lognormvariate(0, 0.6) * middle for _ in range(2000)]
        times[0] = 100 * middle  # somebody always waits
        bounds = choose(list(times))
        named = f"I gave `choose` 2000 times around {middle:.3g} s and got"
        assert isinstance(bounds, list | tuple) and bounds, (
            f"{named} `{short(bounds)}`. Expected a list of upper bounds."
        )
        assert len(bounds) <= 8, (
            f"{named} {len(bounds)} bounds. Expected at most 8, because each is a "
            "time series for every route and every process."
        )
        assert [*bounds] == sorted({*bounds}), (
            f"{named} `{short(bounds)}`. Expected them rising, because that is how "
            "`Histogram(buckets=...)` wants them."
        )
        for share in (0.5, 0.95, 0.99):
            close_enough(times, [float(one) for one in bounds], share, named)


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
    bad, ok = random.randrange(1, 9), random.randrange(11, 19)
    series = {
        ("/plates", "200"): (5000, ok),  # a value at the start, growth a step
        ("/plates", "500"): (10, bad),
        ("/plates", "503"): (0, bad),
        ("/plates", "404"): (0, 4),
        ("/hides", "500"): (9000, 0),
        ("/hides", "200"): (0, ok),
        ("/nests", "502"): (0, ok),
    }
    expected = {"/hides": 0.0, "/plates": 2 * bad / (2 * bad + ok + 4), "/nests": 1.0}
    try:
        got = answer(query, series)
    except Unreadable as error:
        raise AssertionError(
            f"I asked `{short(query)}` and Prometheus said: {error}. Expected a "
            "question that it can read."
        ) from None
    compared(query, got, expected)


def compared(query: str, got: dict[str, float], expected: dict[str, float]) -> None:
    asked = f"I asked `{short(query, 200)}`"
    assert set(got) == set(expected), (
        f"{asked} and got answers for {sorted(got) or 'nothing'}. Expected one for "
        f"each of {sorted(expected)}, because the first question in the night is "
        "*where*."
    )
    reasons = {
        "/plates": "500 and 503 are failures, 404 is the visitor's, and all requests "
        "are below the line",
        "/hides": "all of its failures lie before the last minute",
        "/nests": "nothing else than failures was answered there",
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
    registry = CollectorRegistry()
    note = count_searches(registry)
    assert callable(note), (
        f"`count_searches(registry)` gave `{short(note)}`. Expected a function that "
        "notes one word."
    )
    known = {"otter": 3, "osprey": 2, "newt": 1}
    words = [word for word, times in known.items() for _ in range(times)]
    words += [secrets.token_hex(4) for _ in range(40)]
    random.shuffle(words)
    for word in words:
        note(word)
    counted(registry, known | {"other": 40})


def counted(registry: CollectorRegistry, expected: dict[str, int]) -> None:
    seen = {
        sample.labels.get("species", ""): sample.value
        for family in registry.collect()
        for sample in family.samples
        if sample.name == "searches_total"
    }
    did = "I noted 6 words that you know and 40 that nobody does"
    assert seen, (
        f"{did}, and the registry has no `searches_total`. Expected it there, because "
        "`registry` is what /metrics shows."
    )
    assert set(seen) <= set(expected), (
        f"{did}, and there are {len(seen)} series, one of them "
        f"`{next(iter(set(seen) - set(expected)))}`. Expected at most 4, because a "
        "visitor who types must not make a series."
    )
    assert seen == expected, (
        f"{did}, and `searches_total` says {seen}. Expected {expected}, because every "
        "search is counted, under its species or under `other`."
    )
