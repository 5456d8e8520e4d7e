"""The wildlife reports as a service, and a logbook that takes a CSV whole or not.

Try: python -m chapters.ch11_data_science, then http://127.0.0.1:8011/docs
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path as FilePath
from threading import Lock
from typing import Annotated, Any

import pandas as pd
from fastapi import Body, Depends, FastAPI, HTTPException, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles

from chapters.ch11_data_science import docs_page, figures, schemas, seasons
from chapters.ch11_data_science.careful_csv import BadRows, read_logbook
from chapters.ch11_data_science.datasets import read_strikes

DOCS = FilePath(__file__).parents[2] / "assets" / "docs"


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """The table is read once; an empty logbook stands beside it."""
    app.state.strikes = read_strikes()
    app.state.lock = Lock()  # routes run in threads: two files may come at once
    app.state.logbook = read_logbook("date,station,species,count\n")
    yield


app = FastAPI(title="Wildlife reports", lifespan=lifespan, docs_url=None)
app.include_router(docs_page.router)


def strikes_of(request: Request) -> pd.DataFrame:
    return request.app.state.strikes


Strikes = Annotated[Any, Depends(strikes_of)]
Name = Annotated[str, Path(min_length=2, max_length=60, examples=["barn owl"])]
Airport = Annotated[str, Path(pattern="^[A-Z]{3}$", examples=["DFW"])]
Csv = Annotated[bytes, Body(media_type="text/csv")]
MISSING: dict[int | str, dict[str, Any]] = {404: {"model": schemas.Problem}}
REFUSED: dict[int | str, dict[str, Any]] = {422: {"model": schemas.Faults}}
TOO_LARGE: dict[int | str, dict[str, Any]] = {413: {"description": "Too large"}}


@app.get("/summary")
def read_summary(strikes: Strikes) -> schemas.Summary:
    return schemas.Summary.model_validate(figures.summary(strikes))


@app.get("/species/{name}", responses=MISSING)
def read_species(name: Name, strikes: Strikes) -> schemas.SpeciesFigures:
    found = figures.of_species(strikes, name)
    if found is None:
        close = " or ".join(figures.close_to(strikes, name))
        meant = f" Did you mean {close}?" if close else ""
        raise HTTPException(404, f"Nobody reported {name!r}.{meant}")
    return schemas.SpeciesFigures.model_validate(found)


@app.get("/airports/{code}/months", responses=MISSING)
def list_months(
    code: Airport,
    strikes: Strikes,
    year: Annotated[int, Query(ge=1990, le=2002)] = 2001,
) -> list[schemas.Month]:
    rows = strikes[strikes["airport"] == code]
    if rows.empty:
        raise HTTPException(404, f"No airport {code}.")
    months = seasons.monthly(rows)
    smooth = seasons.smoothed(months)
    return [
        schemas.Month(
            month=day.date(), reports=count, smoothed=figures.or_none(smooth[day])
        )
        for day, count in months[months.index.year == year].items()
    ]


@app.get("/logbook")
def read_totals(request: Request) -> dict[str, int]:
    """Animals counted, by species."""
    totals = request.app.state.logbook.groupby("species")["count"].sum()
    return {name: int(count) for name, count in totals.items()}


@app.post(
    "/logbook",
    status_code=201,
    responses=REFUSED | TOO_LARGE,
    max_body_size=200_000,
)
def add_logbook(body: Csv, request: Request) -> schemas.Taken:
    """Every row, or none: a half-read file cannot be sent again."""
    new, state = logbook_of(body), request.app.state
    with state.lock:
        state.logbook = pd.concat([state.logbook, new], ignore_index=True)
        return schemas.Taken(added=len(new), total=len(state.logbook))


def logbook_of(body: bytes) -> pd.DataFrame:
    """The table, or FastAPI's own kind of refusal with the line of each fault."""
    try:
        return read_logbook(body.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        faults = [(body.count(b"\n", 0, error.start) + 1, "not UTF-8")]
    except BadRows as error:
        faults = error.faults
    raise RequestValidationError(
        [{"loc": ("body", n), "msg": text, "type": "csv_row"} for n, text in faults]
    )


app.mount("/assets/docs", StaticFiles(directory=DOCS), name="docs-assets")
