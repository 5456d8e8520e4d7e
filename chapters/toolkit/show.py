"""Show things as text that is the same in every run, with colour beside it in Lab.

Try: from chapters.toolkit import show; show({"station": "HP1", "count": 3})
"""

import ast
import base64
import dataclasses
import difflib
import html
import inspect
import io
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from types import ModuleType
from typing import Any

WIDTH = 76
GREEN, AMBER, RED = "#1f8a4c", "#a8730a", "#d6455d"  # legible on white and on black

_PORT = re.compile(r"(127\.0\.0\.1|localhost|\[::1\]|0\.0\.0\.0):\d{5}\b")
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_BOUNDARY = re.compile(r"boundary=[^\s;]+")
# Named as RFC 9110 does; Python renamed these in 3.13.
_PHRASES = {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
}


def masked(text: str) -> str:
    """The text without what differs between runs: free ports, addresses, boundaries."""
    text = _PORT.sub(r"\1:PORT", text)
    return _BOUNDARY.sub("boundary=BOUNDARY", _ADDRESS.sub("", text))


def emit(text: str, *, markup: str | None = None, markdown: str | None = None) -> None:
    """Print the text; inside IPython, give it a rich twin."""
    twins = {"text/html": markup, "text/markdown": markdown}
    bundle = {"text/plain": text} | {kind: twin for kind, twin in twins.items() if twin}
    if not _display(bundle):
        print(text)


def _display(
    bundle: dict[str, str], metadata: dict[str, dict[str, str]] | None = None
) -> bool:
    """Hand the bundle to IPython, if this is IPython."""
    if "IPython" not in sys.modules:
        return False
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is None:
        return False
    shell.display_pub.publish(data=bundle, metadata=metadata or {})
    return True


def show(
    thing: Any,
    *,
    headers: Sequence[str] = (),
    body: bool = True,
    request: bool = False,
    lines: int = 40,
) -> None:
    """Show a response, data, rows or text, the same way in every run.

    `headers` names response headers to show; `request=True` adds what was sent.
    """
    if _is_response(thing):
        text = _exchange(thing, headers=headers, body=body, request=request)
        text = _cut(text, lines)
        emit(text, markup=_coloured(text))
    elif hasattr(thing, "savefig"):
        raise TypeError('a picture says what it shows: picture(figure, alt="...")')
    elif hasattr(thing, "_repr_html_"):
        emit(masked(repr(thing)), markup=masked(thing._repr_html_() or ""))
    elif _is_rows(thing):
        table(thing)
    else:
        words = thing if isinstance(thing, str) else _data(thing)
        text = _cut(masked(words), lines)
        emit(text, markup=_pre(text))


# --- data ---------------------------------------------------------------------


def pretty(value: Any, *, indent: int = 0, taken: int = 0, width: int = WIDTH) -> str:
    """JSON on one line where it fits, else opened one level at a time."""
    line = json.dumps(value, ensure_ascii=False)
    if indent + taken + len(line) <= width or not value:
        return line
    inner = indent + 2
    pad = " " * inner
    if isinstance(value, dict):
        named = ((json.dumps(key, ensure_ascii=False), value[key]) for key in value)
        parts = [
            f"{pad}{key}: {pretty(item, indent=inner, taken=len(key) + 3, width=width)}"
            for key, item in named
        ]
        opening, closing = "{}"
    elif isinstance(value, list):
        items = (pretty(x, indent=inner, taken=1, width=width) for x in value)
        flat = not any(isinstance(x, dict | list | str) for x in value)
        parts = [
            pad + item for item in (_filled(items, width - inner) if flat else items)
        ]
        opening, closing = "[]"
    else:
        return line
    return f"{opening}\n" + ",\n".join(parts) + f"\n{' ' * indent}{closing}"


def _filled(items: Iterable[str], room: int) -> list[str]:
    """Numbers side by side, as many as a line holds."""
    lines: list[str] = []
    for item in items:
        if lines and len(lines[-1]) + len(item) + 3 <= room:
            lines[-1] += f", {item}"
        else:
            lines.append(item)
    return lines


def plain(value: Any) -> Any:
    """The value as JSON knows it: models, dataclasses, arrays, sets and dates too."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return plain(
            {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
        )
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return [plain(item) for item in sorted(value, key=str)]
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "tolist"):
        return value.tolist()
    return str(value)


def _data(thing: Any) -> str:
    shaped = ("model_dump", "tolist", "__dataclass_fields__")
    if isinstance(thing, type):
        return repr(thing)
    if isinstance(thing, Mapping | list | tuple | set | frozenset):
        return pretty(plain(thing))
    return (
        pretty(plain(thing)) if any(hasattr(thing, x) for x in shaped) else repr(thing)
    )


def _is_rows(thing: Any) -> bool:
    if not isinstance(thing, list | tuple) or not thing:
        return False
    rows = [plain(row) for row in thing]
    if not all(isinstance(row, dict) for row in rows):
        return False
    return not any(isinstance(x, dict | list) for row in rows for x in row.values())


def _cut(text: str, lines: int) -> str:
    every = text.rstrip().splitlines()
    if len(every) <= lines:
        return "\n".join(every)
    return "\n".join([*every[:lines], f"… and {len(every) - lines} more lines"])


# --- exchanges ----------------------------------------------------------------


def status_line(code: int) -> str:
    """`422 Unprocessable Content`, on every Python."""
    try:
        return f"{code} {_PHRASES.get(code) or HTTPStatus(code).phrase}"
    except ValueError:
        return str(code)


def _is_response(thing: Any) -> bool:
    return hasattr(thing, "status_code") and hasattr(thing, "iter_bytes")


def _exchange(
    response: Any, *, headers: Sequence[str], body: bool, request: bool
) -> str:
    asked = _request_of(response)
    parts = []
    for step in response.history:
        where = step.headers.get("location", "")
        parts += [_request_line(step.request)]
        parts += [f"{status_line(step.status_code)} → {where}"]
    if asked is not None:
        parts.append(_request_line(asked))
        parts += _sent(asked) if request else []
    parts.append(status_line(response.status_code))
    for name in headers:
        values = response.headers.get_list(name) or ["(absent)"]
        parts += [f"{name.lower()}: {value}" for value in values]
    parts += [_body(response)] if body else []
    return masked("\n".join(parts))


def _request_of(response: Any) -> Any:
    try:
        return response.request
    except RuntimeError:  # built by hand: nothing was asked
        return None


def _request_line(request: Any) -> str:
    return f"{request.method} {request.url.raw_path.decode('ascii')}"


def _sent(request: Any) -> list[str]:
    kind = request.headers.get("content-type", "")
    if not kind:
        return [""]
    return [f"content-type: {kind}", _body(request), ""]


def _body(message: Any) -> str:
    """The body of a request or a response, for reading."""
    kind = message.headers.get("content-type", "").partition(";")[0].strip()
    if kind.startswith("multipart/"):
        return "(a form with files)"
    try:
        content: bytes = message.content
    except RuntimeError:  # httpx: not read
        return "(a stream, not read)"
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return f"(binary: {kind or 'no content type'})"
    if kind.endswith("json"):
        try:
            return pretty(json.loads(text))
        except ValueError:
            return text
    return text


# --- colour -------------------------------------------------------------------


def _pre(text: str) -> str:
    return f"<pre>{html.escape(text, quote=False)}</pre>"


def span(text: str, colour: str) -> str:
    """The text in bold and in a colour that is legible on light and dark."""
    words = html.escape(text, quote=False)
    return f'<span style="color:{colour};font-weight:bold">{words}</span>'


def _coloured(text: str) -> str:
    lines = []
    for line in text.splitlines():
        status = re.match(r"([1-5])\d\d( [A-Z]|$)", line)
        if status:
            colour = {"4": AMBER, "5": RED}.get(status[1], GREEN)
            lines.append(span(line, colour))
        elif re.match(r"[A-Z]{3,7} /", line):
            lines.append(f"<b>{html.escape(line, quote=False)}</b>")
        else:
            lines.append(html.escape(line, quote=False))
    return "<pre>" + "\n".join(lines) + "</pre>"


# --- tables -------------------------------------------------------------------


def table(rows: Sequence[Any], *, columns: Sequence[str] = ()) -> None:
    """Rows (dicts, models or dataclasses) as aligned columns."""
    records = [plain(row) for row in rows]
    if not all(isinstance(record, dict) for record in records):
        raise TypeError("table() takes rows that name their columns: a list of dicts")
    names = list(columns) or list(dict.fromkeys(k for r in records for k in r))
    if not names:
        return emit("(no rows)")
    cells = [[masked(_cell(record.get(name))) for name in names] for record in records]
    right = [_is_numeric([record.get(name) for record in records]) for name in names]
    emit(_aligned(names, cells, right), markup=_html_table(names, cells, right))


def _is_numeric(column: list[Any]) -> bool:
    values = [value for value in column if value is not None]
    return bool(values) and all(type(value) in (int, float) for value in values)


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3g}" if 0 < abs(value) < 0.001 else f"{round(value, 4)}"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _aligned(names: list[str], cells: list[list[str]], right: list[bool]) -> str:
    widths = [max(map(len, column)) for column in zip(names, *cells, strict=True)]
    lines = []
    for row in [names, ["-" * width for width in widths], *cells]:
        padded = (
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(row, widths, right, strict=True)
        )
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)


def _html_table(names: list[str], cells: list[list[str]], right: list[bool]) -> str:
    def line(row: list[str], tag: str) -> str:
        return "".join(
            f'<{tag} style="text-align:{"right" if number else "left"}">'
            f"{html.escape(cell, quote=False)}</{tag}>"
            for cell, number in zip(row, right, strict=True)
        )

    body = "".join(f"<tr>{line(row, 'td')}</tr>\n" for row in cells)
    return f"<table>\n<tr>{line(names, 'th')}</tr>\n{body}</table>"


# --- source -------------------------------------------------------------------


def source(thing: Any, *, name: str | None = None) -> None:
    """The source of a module, a class, a function, or of one `name` in a module."""
    text = _named_source(thing, name) if name else _source(thing)
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    emit(text, markdown=f"{fence}python\n{text}\n{fence}")


def _source(thing: Any) -> str:
    try:
        text = inspect.getsource(inspect.unwrap(thing))
    except TypeError:
        kind = type(thing).__name__
        raise TypeError(
            f"source() shows a module, a class or a function, not a {kind}; "
            'for a value in a module: source(module, name="...")'
        ) from None
    if isinstance(thing, ModuleType):
        return _without_docstring(text)
    return inspect.cleandoc("\n" + text).strip()


def _without_docstring(text: str) -> str:
    body = ast.parse(text).body
    if (
        body
        and isinstance(body[0], ast.Expr)
        and isinstance(body[0].value, ast.Constant)
    ):
        return "\n".join(text.splitlines()[body[0].end_lineno :]).strip()
    return text.strip()


def _named_source(module: Any, name: str) -> str:
    if not isinstance(module, ModuleType):
        raise TypeError("source(..., name=...) looks a name up in a module")
    text = inspect.getsource(module)
    places: dict[str, ast.stmt] = {}
    for node in ast.parse(text).body:
        places |= dict.fromkeys(_names(node), node)
    if name not in places:
        close = difflib.get_close_matches(name, places, n=1)
        meant = f"; did you mean {close[0]}?" if close else ""
        raise LookupError(f"{module.__name__} defines no {name}{meant}")
    node = places[name]
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(d.lineno for d in decorators)])
    return "\n".join(text.splitlines()[first - 1 : node.end_lineno])


def _names(node: ast.stmt) -> list[str]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [node.name]
        case ast.Assign():
            return [t.id for t in node.targets if isinstance(t, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
    return []


# --- pictures -----------------------------------------------------------------


def picture(image: Any, alt: str) -> None:
    """Show a figure, a PIL image, PNG bytes or a PNG file, with words for it."""
    if not alt.strip():
        raise ValueError("alt is empty: say what one should see")
    bundle, metadata = picture_bundle(image, alt)
    if not _display(bundle, metadata):
        print(bundle["text/plain"])


def picture_bundle(
    image: Any, alt: str
) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """What a notebook stores for a picture: PNG, its words, and its alt text."""
    png = base64.b64encode(_png(image)).decode("ascii")
    data = {"text/plain": f"Picture: {alt}", "image/png": png}
    return data, {"image/png": {"alt": alt}}


def _png(image: Any) -> bytes:
    if isinstance(image, bytes):
        return image
    if isinstance(image, str | Path):
        return Path(image).read_bytes()
    buffer = io.BytesIO()
    if hasattr(image, "savefig"):  # on a light panel, legible in light and dark
        image.savefig(
            buffer,
            format="png",
            dpi=110,
            facecolor="#fbfaf6",
            bbox_inches="tight",
            metadata={"Software": None},
        )
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close(image)
    elif hasattr(image, "save"):
        image.save(buffer, format="PNG")
    else:
        kind = type(image).__name__
        raise TypeError(
            f"picture() takes a figure, an image, bytes or a file: not {kind}"
        )
    return buffer.getvalue()


# --- errors -------------------------------------------------------------------


@dataclasses.dataclass
class Expected:
    """The error that a block was to raise, once it has."""

    error: BaseException | None = None


@contextmanager
def expect(*errors: type[BaseException], lines: int = 1) -> Iterator[Expected]:
    """Run a block that must raise one of `errors`, and print the error."""
    if not errors:
        raise TypeError("expect() wants the error to expect: expect(ValueError)")
    caught = Expected()
    try:
        yield caught
    except errors as error:
        caught.error = error
        print(error_text(error, lines=lines))
        return
    names = " or ".join(error.__name__ for error in errors)
    raise AssertionError(f"this block was to raise {names}, and did not")


def error_text(error: BaseException, *, lines: int = 1) -> str:
    """`ValueError: what it says`, without ports, addresses and version links."""
    said = [x.rstrip() for x in masked(str(error)).strip().splitlines() if x.strip()]
    said = [x for x in said if not x.lstrip().startswith("For further information")]
    text = "\n".join(said[:lines])
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
