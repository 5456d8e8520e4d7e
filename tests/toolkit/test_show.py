"""What `show` and its neighbours print is the same in every run."""

import base64
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import nbformat
import numpy as np
import pytest
from fastapi import FastAPI, File
from fastapi.responses import RedirectResponse, Response
from matplotlib.figure import Figure
from nbclient import NotebookClient
from pydantic import BaseModel, ValidationError
from starlette.testclient import TestClient

import chapters.toolkit as toolkit
from chapters.toolkit import expect, picture, show, source, table
from chapters.toolkit.show import AMBER, GREEN, RED, masked, status_line

Printed = Callable[[], str]


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Printed:
    return lambda: capsys.readouterr().out


class Station(BaseModel):
    code: str
    since: date


@dataclass
class Species:
    name: str
    legs: int | None = 2


# --- the package --------------------------------------------------------------


def test_the_toolkit_gives_functions_even_where_modules_share_their_name() -> None:
    from chapters.toolkit.show import show as function

    assert toolkit.show is function
    assert isinstance(sys.modules["chapters.toolkit.show"], ModuleType)


def test_the_toolkit_says_what_it_has() -> None:
    assert dir(toolkit) == sorted(toolkit.__all__)
    with pytest.raises(AttributeError, match=r"no 'shwo'; it has .*show"):
        toolkit.__getattr__("shwo")


def test_every_exported_name_can_be_had() -> None:
    for name in toolkit.__all__:
        assert callable(getattr(toolkit, name)), name


# --- responses ----------------------------------------------------------------

app = FastAPI()


@app.get("/stations/{number}")
def station(number: int) -> dict[str, object]:
    return {"number": number, "docs": "http://127.0.0.1:43210/docs"}


@app.get("/old")
def old() -> RedirectResponse:
    return RedirectResponse("/stations/7")


@app.get("/raw/{kind}")
def raw(kind: str) -> Response:
    bodies = {
        "png": Response(b"\x89PNG", media_type="image/png"),
        "bare": Response(b"\xff"),
        "text": Response("tides\nare\nlow", media_type="text/plain"),
        "broken": Response("{", media_type="application/json"),
        "none": Response(status_code=204),
        "odd": Response(status_code=799),
    }
    return bodies[kind]


@app.post("/photos")
def photo(file: bytes = File()) -> int:
    return len(file)


@app.post("/stations", status_code=201)
def create(station: Station) -> Station:
    return station


@pytest.fixture(scope="module")
def api() -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


def test_a_response_shows_the_exchange(api: TestClient, printed: Printed) -> None:
    show(api.get("/stations/7?x=1"))
    assert printed() == (
        "GET /stations/7?x=1\n200 OK\n"
        '{"number": 7, "docs": "http://127.0.0.1:PORT/docs"}\n'
    )


def test_a_long_body_opens_one_level(api: TestClient, printed: Printed) -> None:
    show(api.get("/stations/kestrel"))
    lines = printed().splitlines()
    assert lines[:3] == [
        "GET /stations/kestrel",
        "422 Unprocessable Content",
        "{",
    ]
    assert '      "loc": ["path", "number"],' in lines
    assert max(map(len, lines[:6])) <= 79


def test_headers_are_shown_when_named(api: TestClient, printed: Printed) -> None:
    show(api.get("/stations/7"), headers=["Content-Type", "X-Tide"], body=False)
    assert printed().splitlines()[2:] == [
        "content-type: application/json",
        "x-tide: (absent)",
    ]


def test_a_redirect_shows_each_step(api: TestClient, printed: Printed) -> None:
    show(api.get("/old"), body=False)
    assert printed().splitlines() == [
        "GET /old",
        "307 Temporary Redirect → /stations/7",
        "GET /stations/7",
        "200 OK",
    ]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("png", ["200 OK", "(binary: image/png)"]),
        ("bare", ["200 OK", "(binary: no content type)"]),
        ("text", ["200 OK", "tides", "are", "low"]),
        ("broken", ["200 OK", "{"]),
        ("none", ["204 No Content"]),
        ("odd", ["799"]),
    ],
)
def test_bodies_of_every_kind(
    api: TestClient, printed: Printed, kind: str, body: list[str]
) -> None:
    show(api.get(f"/raw/{kind}"))
    assert printed().splitlines()[1:] == body


def test_what_was_sent_is_shown_on_request(api: TestClient, printed: Printed) -> None:
    show(
        api.post("/stations", json={"code": "HP1", "since": "2019-04-01"}), request=True
    )
    assert printed().splitlines() == [
        "POST /stations",
        "content-type: application/json",
        '{"code": "HP1", "since": "2019-04-01"}',
        "",
        "201 Created",
        '{"code": "HP1", "since": "2019-04-01"}',
    ]


def test_a_form_with_files_hides_its_random_boundary(
    api: TestClient, printed: Printed
) -> None:
    show(api.post("/photos", files={"file": b"owl"}), request=True)
    assert printed().splitlines()[1:3] == [
        "content-type: multipart/form-data; boundary=BOUNDARY",
        "(a form with files)",
    ]


def test_a_request_without_a_body_shows_none(api: TestClient, printed: Printed) -> None:
    show(api.get("/raw/none"), request=True)
    assert printed() == "GET /raw/none\n\n204 No Content\n"


def test_a_response_built_by_hand_has_no_request(printed: Printed) -> None:
    show(httpx.Response(200, json=[1]))
    assert printed() == "200 OK\n[1]\n"


def test_a_stream_that_was_not_read_says_so(printed: Printed) -> None:
    show(httpx.Response(200, stream=httpx.ByteStream(b"x")))
    assert printed() == "200 OK\n(a stream, not read)\n"


def test_statuses_are_named_alike_on_every_python() -> None:
    assert status_line(413) == "413 Content Too Large"
    assert status_line(404) == "404 Not Found"


# --- data ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("thing", "text"),
    [
        ({"b": 1, "a": None}, '{"b": 1, "a": null}'),
        ({1: {2, 1}, "t": (date(2024, 5, 1),)}, '{"1": [1, 2], "t": ["2024-05-01"]}'),
        (
            Station(code="HP1", since=date(2019, 4, 1)),
            '{"code": "HP1", "since": "2019-04-01"}',
        ),
        (Species("otter", 4), '{"name": "otter", "legs": 4}'),
        (np.array([1.5, 2.0]), "[1.5, 2.0]"),
        ([], "[]"),
        (frozenset("b"), '["b"]'),
        ("HP1 on localhost:54321", "HP1 on localhost:PORT"),
        (None, "None"),
        (7, "7"),
        (Species, "<class '"),
        (object(), "<object object>"),
        ([{"name": "otter", "tags": ["wet"]}], '[{"name": "otter", "tags": ["wet"]}]'),
    ],
)
def test_data_is_shown_plainly(printed: Printed, thing: object, text: str) -> None:
    show(thing)
    assert printed().startswith(text)


def test_long_data_is_opened_and_cut(printed: Printed) -> None:
    show({"counts": list(range(60)), "names": ["kestrel" * 5] * 3, "note": "x" * 90})
    text = printed()
    assert "    0, 1, 2, 3," in text
    assert text.count("kestrelkestrel") >= 3
    show(["heron " * 9] * 50, lines=3)
    assert printed().splitlines()[-1] == "… and 49 more lines"


class Frame:
    def __repr__(self) -> str:
        return "count 3"

    def _repr_html_(self) -> str:
        return "<table>3</table>"


def test_a_frame_is_shown_as_itself(printed: Printed) -> None:
    show(Frame())
    assert printed() == "count 3\n"


def test_a_figure_without_words_is_refused() -> None:
    with pytest.raises(TypeError, match="picture"):
        show(Figure())


def test_free_ports_are_masked_and_well_known_ones_kept() -> None:
    assert masked("http://127.0.0.1:45671/x") == "http://127.0.0.1:PORT/x"
    assert masked("http://localhost:5173") == "http://localhost:5173"


# --- tables -------------------------------------------------------------------


def test_rows_become_a_table(printed: Printed) -> None:
    show(
        [
            {"species": "otter", "count": 2, "rare": True},
            {"species": "owl", "count": 11},
        ]
    )
    assert printed() == (
        "species  count  rare\n-------  -----  ----\n"
        "otter        2  yes\nowl         11  –\n"
    )


def test_cells_of_every_kind(printed: Printed) -> None:
    table([{"a": 0.00012345, "b": 0.1 + 0.2, "c": False, "d": {"x": [1]}}])
    assert printed().splitlines()[2].split() == [
        "0.000123",
        "0.3",
        "no",
        '{"x":',
        "[1]}",
    ]


def test_columns_can_be_chosen(printed: Printed) -> None:
    table([Species("otter", None)], columns=["legs", "name"])
    assert printed().splitlines()[0] == "legs  name"


def test_no_rows_is_said(printed: Printed) -> None:
    table([])
    assert printed() == "(no rows)\n"


def test_rows_without_names_are_refused() -> None:
    with pytest.raises(TypeError, match="list of dicts"):
        table([1, 2])


# --- source -------------------------------------------------------------------

LESSON = '''"""Docstring."""

from typing import Annotated, TypeAlias

Code = Annotated[str, "```"]
Number: TypeAlias = int


def mark(f):
    return f


@mark
async def read(code: Code) -> str:
    return code


class Pond:
    def deep(self) -> bool:
        """Is it?"""
        return True
'''


@pytest.fixture
def lesson(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    (tmp_path / "pond_lesson.py").write_text(LESSON)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "pond_lesson", raising=False)
    return __import__("pond_lesson")


def test_a_module_is_shown_without_its_docstring(lesson: Any, printed: Printed) -> None:
    source(lesson)
    assert printed() == LESSON.partition("\n\n")[2].rstrip() + "\n"


def test_a_module_without_docstring_is_shown_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, printed: Printed
) -> None:
    (tmp_path / "bare_pond.py").write_text("DEPTH = 3\n")
    monkeypatch.syspath_prepend(tmp_path)
    source(__import__("bare_pond"))
    assert printed() == "DEPTH = 3\n"


def test_functions_and_methods_are_dedented(lesson: Any, printed: Printed) -> None:
    source(lesson.Pond.deep)
    assert printed().splitlines() == [
        "def deep(self) -> bool:",
        '    """Is it?"""',
        "    return True",
    ]


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Code", "Code = Annotated"),
        ("Number", "Number: TypeAlias"),
        ("read", "@mark\nasync def read"),
        ("Pond", "class Pond:"),
    ],
)
def test_one_name_of_a_module(
    lesson: Any, printed: Printed, name: str, first: str
) -> None:
    source(lesson, name=name)
    assert printed().startswith(first)


def test_source_says_what_it_cannot_show(lesson: Any) -> None:
    with pytest.raises(LookupError, match="defines no Pont; did you mean Pond"):
        source(lesson, name="Pont")
    with pytest.raises(LookupError, match=r"defines no zzz$"):
        source(lesson, name="zzz")
    with pytest.raises(TypeError, match="not a int"):
        source(7)
    with pytest.raises(TypeError, match="in a module"):
        source(lesson.Pond, name="deep")


# --- pictures -----------------------------------------------------------------


def test_a_picture_is_closed_and_said(printed: Printed) -> None:
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    figure, _ = pyplot.subplots()
    picture(figure, alt="An empty panel")
    assert printed() == "Picture: An empty panel\n"
    assert not pyplot.get_fignums()


def test_pictures_come_from_bytes_files_and_images(
    tmp_path: Path, printed: Printed
) -> None:
    from PIL import Image

    image = Image.new("RGB", (2, 2))
    image.save(tmp_path / "owl.png")
    for thing in (image, tmp_path / "owl.png", (tmp_path / "owl.png").read_bytes()):
        picture(thing, alt="A dark square")
    assert printed().count("Picture: A dark square") == 3


def test_a_picture_needs_words_and_something_to_draw() -> None:
    with pytest.raises(ValueError, match="alt is empty"):
        picture(Figure(), alt=" ")
    with pytest.raises(TypeError, match="not int"):
        picture(7, alt="Seven")


def test_colours_are_legible_on_white_and_on_black() -> None:
    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [
            p / 12.92 if p < 0.04 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
        ]
        return sum(w * x for w, x in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    for colour in (GREEN, AMBER, RED):
        light = luminance(colour)
        assert 1.05 / (light + 0.05) >= 4, colour
        assert (light + 0.05) / (luminance("#111111") + 0.05) >= 4, colour


# --- errors -------------------------------------------------------------------


def refuse() -> None:
    raise ValueError("no answer from 127.0.0.1:45612\nsecond line")


def silence() -> None:
    raise RuntimeError


def test_an_expected_error_is_printed(printed: Printed) -> None:
    with expect(ValueError, KeyError) as caught:
        refuse()
    assert printed() == "ValueError: no answer from 127.0.0.1:PORT\n"
    assert isinstance(caught.error, ValueError)


def test_a_validation_error_loses_its_versioned_link(printed: Printed) -> None:
    with expect(ValidationError, lines=9):
        Station.model_validate({"code": "HP1"})
    assert (
        printed().splitlines()[0] == "ValidationError: 1 validation error for Station"
    )
    with expect(RuntimeError):
        silence()
    assert printed() == "RuntimeError\n"


def test_an_error_that_does_not_come_is_an_error() -> None:
    missing = "raise ValueError or KeyError, and did not"
    with pytest.raises(AssertionError, match=missing), expect(ValueError, KeyError):
        pass


def test_another_error_passes_through() -> None:
    with pytest.raises(ZeroDivisionError), expect(ValueError):
        raise ZeroDivisionError


def test_expect_wants_an_error() -> None:
    with pytest.raises(TypeError, match="expect\\(ValueError\\)"), expect():
        pass


# --- inside a notebook --------------------------------------------------------

CELLS = """
from chapters.toolkit import picture, race, show, source, table
import httpx
show(httpx.Response(404, json={"detail": "<b>"}, request=httpx.Request("GET", "http://x/a")))
show("plain & simple")
table([{"species": "otter", "count": 2}])
source(httpx.codes.is_error)
picture(b"png", alt="Nothing much")
race({"list": list, "dict": dict})
"""


@pytest.fixture(scope="module")
def outputs() -> list[Any]:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELLS)])
    root = Path(__file__).parents[2]
    NotebookClient(notebook, resources={"metadata": {"path": root}}).execute()
    return list(notebook.cells[0].outputs)


def test_a_notebook_gets_text_and_a_rich_twin(outputs: list[Any]) -> None:
    kinds = [sorted(output.data) for output in outputs]
    assert kinds == [
        ["text/html", "text/plain"],
        ["text/html", "text/plain"],
        ["text/html", "text/plain"],
        ["text/markdown", "text/plain"],
        ["image/png", "text/plain"],
        ["image/png", "text/plain"],
    ]


def test_what_is_shown_is_escaped_and_coloured(outputs: list[Any]) -> None:
    assert outputs[0].data["text/plain"] == 'GET /a\n404 Not Found\n{"detail": "<b>"}'
    markup = outputs[0].data["text/html"]
    assert (
        f'<span style="color:{AMBER};font-weight:bold">404 Not Found</span>' in markup
    )
    assert "&lt;b&gt;" in markup
    assert outputs[1].data["text/html"] == "<pre>plain &amp; simple</pre>"
    assert re.search(
        r'<td style="text-align:right">2</td>', outputs[2].data["text/html"]
    )
    assert outputs[3].data["text/markdown"].startswith("```python\n@classmethod\ndef")


def test_pictures_carry_their_alt_text(outputs: list[Any]) -> None:
    assert outputs[4].data["image/png"].strip() == base64.b64encode(b"png").decode()
    assert outputs[4].metadata == {"image/png": {"alt": "Nothing much"}}
    assert outputs[5].data["text/plain"] == "<Race: list, dict>"
    alt = "Bars: relative time of list, dict"
    assert outputs[5].metadata == {"image/png": {"alt": alt}}


@pytest.fixture
def shell() -> Iterator[Any]:
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    settings = Config()
    settings.HistoryManager.enabled = False
    hook = sys.displayhook
    yield InteractiveShell.instance(config=settings)
    InteractiveShell.clear_instance()
    sys.displayhook = hook


def test_the_twin_is_published_in_process(shell: Any, monkeypatch: Any) -> None:
    seen: list[dict[str, Any]] = []
    monkeypatch.setattr(shell.display_pub, "publish", lambda **sent: seen.append(sent))
    show({"code": "HP1"})
    assert seen[0]["data"]["text/plain"] == '{"code": "HP1"}'


def test_without_ipython_text_is_printed(
    monkeypatch: pytest.MonkeyPatch, printed: Printed
) -> None:
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    show("tide")
    assert printed() == "tide\n"
