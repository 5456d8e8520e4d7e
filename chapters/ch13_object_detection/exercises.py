"""The chapter's exercises: from raw numbers to boxes, safely, and never too late.

Try: from chapters.toolkit import check; check("ch13.iou", iou)
"""

import asyncio
import json
import random
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from chapters.toolkit.checks import Client, exercise, short, told

Box = tuple[float, float, float, float]
PATIENCE = 2.0  # seconds for what should take none


# --- things -------------------------------------------------------------------


@exercise(
    "ch13.things",
    title="From columns of numbers to things with names",
    hints=(
        "Three columns belong together: which function walks through all at once?",
        "`zip`, a condition on the score, `sorted(..., key=..., reverse=True)`; "
        "`float(x)` makes a plain number of NumPy's.",
        "`[{'label': names[int(n)], 'score': round(float(s), 3), 'box': [round("
        "float(x), 1) for x in box]} for n, s, box in zip(labels, scores, boxes) if "
        "s >= threshold]`, and sort it by score.",
    ),
    why="this is the step that turns a model into an answer: names for people, plain "
    "numbers for JSON, and nothing that the model itself doubts.",
)
def things(to_things: Callable[..., Any]) -> None:
    draw = random.Random(secret())
    names = {n: f"species {n}" for n in draw.sample(range(90), 8)}
    bar = draw.choice((0.375, 0.625))  # as float32 the same number
    # Apart by more than rounding hides, and none near a half, which may go both ways.
    above = [bar + step / 100 + 0.0002 for step in draw.sample(range(2, 36), 6)]
    scores = np.array(above, np.float32)
    scores[[1, 4, 5]] = bar - 0.25, bar, bar - 0.0003
    labels = np.array(draw.sample([*names], 6))
    corners = [[draw.randrange(3000) / 10 + 0.02 for _ in range(4)] for _ in range(6)]
    boxes = np.array(corners, np.float32)
    got = to_things(scores, labels, boxes, names, bar)
    assert isinstance(got, list) and all(isinstance(one, dict) for one in got), (
        f"I gave you six columns and got `{short(got)}`. Expected a list of "
        "dictionaries, because each becomes a thing of the answer."
    )
    serialisable(got)
    rows = zip(scores.tolist(), labels.tolist(), boxes.tolist(), strict=True)
    right = [
        {"label": names[n], "score": round(s, 3), "box": [round(x, 1) for x in box]}
        for s, n, box in sorted(rows, key=lambda row: -row[0])
        if s >= bar
    ]
    compared(got, right, bar)


def serialisable(got: list[Any]) -> None:
    try:
        json.dumps(got)
    except (TypeError, ValueError) as error:
        raise AssertionError(
            f"`json.dumps` refused what you gave: {error}. Expected plain `float`, "
            "`str` and `list`, because NumPy's numbers cannot be sent as JSON."
        ) from None


def compared(
    got: list[dict[str, Any]], right: list[dict[str, Any]], bar: float
) -> None:
    assert len(got) == len(right), (
        f"I gave you six boxes and the threshold {bar}. One score is exactly that, one "
        f"is {bar - 0.0003:.4f}, and one {bar - 0.25}. You kept {len(got)}. Expected "
        f"{len(right)}: at least the threshold, before anything is rounded, because "
        "that is what the model is sure of."
    )
    for number, (one, wanted) in enumerate(zip(got, right, strict=True), start=1):
        same = [one.get("label"), one.get("score")], [wanted["label"], wanted["score"]]
        assert same[0][0] == same[1][0] and near(same[0][1:], same[1][1:]), (
            f"Thing {number} is {short(same[0])}. Expected {short(same[1])}: the name "
            "of its label, the score to three places, the best first, because a "
            "client reads from the top."
        )
        assert near(one.get("box"), wanted["box"]), (
            f"The box of {wanted['label']} is `{short(one.get('box'))}`. Expected "
            f"`{wanted['box']}`, because a tenth of a pixel is more than enough."
        )


def near(got: Any, right: Sequence[float]) -> bool:
    """Rounded in float32 or in float64: both are right."""
    if not isinstance(got, list | tuple) or len(got) != len(right):
        return False
    pairs = zip(got, right, strict=True)
    return all(isinstance(a, int | float) and abs(a - b) < 1e-4 for a, b in pairs)


def secret() -> int:
    return random.SystemRandom().randrange(2**31)


# --- iou ----------------------------------------------------------------------


@exercise(
    "ch13.iou",
    title="How much two boxes are the same",
    hints=(
        "The common part of two boxes is a box as well, or nothing: where does it "
        "begin, where does it end?",
        "It begins at the larger of the lefts and ends at the smaller of the rights; "
        "`max(0, ...)` for boxes that do not meet.",
        "`both = max(0, min(a[2], b[2]) - max(a[0], b[0])) * max(0, min(a[3], b[3]) - "
        "max(a[1], b[1]))`; then `both / (area(a) + area(b) - both)`, and 0 for no "
        "union.",
    ),
    why="this one number says whether a box lies on its object, and which of two boxes "
    "that claim the same object must go.",
)
def iou(overlap: Callable[..., Any]) -> None:
    cases: list[tuple[Box, Box, float, str]] = [
        ((2, 3, 12, 13), (2, 3, 12, 13), 1.0, "they are the same box"),
        ((0, 0, 10, 10), (5, 0, 15, 10), 1 / 3, "50 is common, of 150 in all"),
        ((0, 0, 10, 10), (20, 20, 30, 30), 0.0, "they do not meet"),
        ((0, 0, 10, 10), (20, 0, 30, 10), 0.0, "they do not meet"),
        ((0, 0, 10, 10), (0, 20, 10, 30), 0.0, "one lies below the other"),
        (
            (0, 0, 10, 10),
            (5, 5, 15, 15),
            1 / 7,
            "25 is common, of 175 that are covered",
        ),
        ((0, 0, 10, 10), (10, 0, 20, 10), 0.0, "they only touch"),
        ((0, 0, 10, 10), (2, 2, 4, 4), 0.04, "a small one inside counts 4 of 100"),
        ((0, 0, 0, 0), (0, 0, 0, 0), 0.0, "two boxes without an area share none"),
        ((0.1, 0.2, 0.5, 0.6), (0.3, 0.2, 0.7, 0.6), 1 / 3, "sides may be shares"),
    ]
    for one, other, right, because in cases:
        for pair in ((one, other), (other, one)):
            measured(overlap, *pair, right, because)


def measured(
    overlap: Callable[..., Any], one: Box, other: Box, right: float, because: str
) -> None:
    try:
        got = overlap(one, other)
    except ZeroDivisionError:
        raise AssertionError(
            f"I asked for the overlap of {one} and {other}, and your function divided "
            f"by zero. Expected {right:g}, because {because}."
        ) from None
    number = isinstance(got, int | float | np.number | np.ndarray) and np.ndim(got) == 0
    assert number and abs(got - right) < 1e-9, (
        f"I asked for the overlap of {one} and {other} and got `{short(got)}`. "
        f"Expected {right:.6g}, because {because}."
    )


# --- shown --------------------------------------------------------------------


@exercise(
    "ch13.shown",
    title="Boxes in pixels of the shown video",
    hints=(
        "The whole frame is visible, so one scale serves both directions. Which one?",
        "`scale = min(wide / width, high / height)`; what is left over is shared by "
        "the two sides.",
        "`x = (wide - width * scale) / 2 + left * scale`, and likewise for `y` and for "
        "the other corner.",
    ),
    why="a box in pixels of the frame that was sent means nothing on a page where the "
    "video has another size and grey bars beside it.",
)
def shown(to_shown: Callable[..., Any]) -> None:
    for box, frame, element, right, how in showings(100 + secret() % 200):
        got = to_shown(box, frame, element)
        got = got.tolist() if isinstance(got, np.ndarray) else got
        assert near(got, right), (
            f"The frame is {frame[0]} by {frame[1]}, the element {element[0]} by "
            f"{element[1]}, so it is shown {how}. For the box {box} you gave "
            f"`{short(got)}`. Expected {right}, because the box must lie on the object."
        )


Size = tuple[int, int]


def showings(bar: int) -> list[tuple[Box, Size, Size, Box, str]]:
    """Box, frame, element, the box as it is shown, and how the frame is shown."""
    whole, frame = (0, 0, 640, 480), (640, 480)
    beside, above = f"with bars of {bar} pixels left and right", f"with bars of {bar}"
    return [
        ((64, 48, 320, 240), frame, (1280, 960), (128, 96, 640, 480), "twice"),
        (whole, frame, (320, 240), (0, 0, 320, 240), "half"),
        (
            *(whole, frame, (640 + 2 * bar, 480)),
            *((bar, 0, bar + 640, 480), f"as large, {beside}"),
        ),
        (
            *((320, 0, 640, 480), frame, (320, 240 + 2 * bar)),
            *((160, bar, 320, bar + 240), f"half, {above} above and below"),
        ),
        ((0, 0, 480, 640), (480, 640), (800, 320), (280, 0, 520, 320), "upright, half"),
        (
            *((192, 60, 960, 380), (1920, 1080), (300, 300)),
            *((30, 75, 150, 125), "in five thirty-seconds of its size"),
        ),
    ]


# --- upload -------------------------------------------------------------------

LIMIT = 4_000_000  # pixels


@exercise(
    "ch13.upload",
    title="An upload that is looked at before it is unpacked",
    hints=(
        "A file's head says what it is and how large it will be: who reads the head "
        "only?",
        "`Image.open` reads the head, `image.load()` the rest; `UnidentifiedImageError`"
        " is no picture, `OSError` a damaged one; `ImageOps.exif_transpose`.",
        "`image = Image.open(photo.file)`; 413 if `image.width * image.height > "
        "4_000_000`; then `ImageOps.exif_transpose(image).convert('RGB')` inside "
        "`try`, with 422 for an `OSError`.",
    ),
    why="whoever unpacks first and looks afterwards has handed the memory to a file of "
    "8 kilobytes, and the log to anybody who can rename a text.",
)
def upload(photo_app: Callable[..., Any]) -> None:
    given: list[Any] = []

    def detect(image: Any) -> list[str]:
        given.append(image)
        return [f"{len(given)} seen"]

    with Client(photo_app(detect)) as client:
        reply = client.post("/photos")
        client.expect(reply, 422, because="no photo was sent.")
        for what, mode, kind in (
            ("a photo", "RGB", "JPEG"),
            ("a drawing", "RGBA", "PNG"),
        ):
            accepted(
                client, given, what, saved(Image.new(mode, (60, 40)), kind), (60, 40)
            )
        what = "a drawing of exactly 4,000,000 pixels"
        large = saved(Image.new("L", (4000, 1000)), "PNG")
        accepted(client, given, what, large, (4000, 1000))
        upright(client, given)
        refused(client, given)


def upright(client: Client, given: list[Any]) -> None:
    """Its left half is white: where is that, when the photo is turned as it says?"""
    for note, what, size, white in (
        (6, "a photo of 60 by 40 that says: turn me a quarter", (40, 60), (20, 10)),
        (3, "a photo that says: I stand on my head", (60, 40), (50, 20)),
    ):
        image = Image.new("RGB", (60, 40))
        image.paste("white", (0, 0, 30, 40))
        accepted(client, given, what, turned(image, note), size)
        light = given[-1].getpixel(white)
        assert min(light) > 200, (
            f"I sent {what}. At {white} `detect` saw {light}. Expected white, because "
            "its left half was: it must be turned as the note says, not otherwise."
        )


def accepted(
    client: Client, given: list[Any], what: str, content: bytes, size: tuple[int, int]
) -> None:
    reply = client.post("/photos", files={"photo": ("hide", content, "image/jpeg")})
    because = f"I sent {what}, and nothing is wrong with it."
    client.expect(reply, 200, because=because)
    assert given, f"{told(reply)} But nobody called `detect`."
    image = given[-1]
    assert getattr(image, "mode", None) == "RGB", (
        f"I sent {what} and `detect` was given a picture of mode "
        f"`{short(getattr(image, 'mode', image))}`. Expected `RGB`, because the model "
        "knows three colours, and no transparency."
    )
    assert image.size == size, (
        f"I sent {what} and `detect` was given {image.size}. Expected {size}, because "
        "a telephone turns the photo by a note in its EXIF data, and every browser "
        "obeys."
    )
    expected = {"width": size[0], "height": size[1], "objects": [f"{len(given)} seen"]}
    because = "boxes are in pixels of the picture as it is shown."
    client.expect(reply, 200, because=because, json=expected)


def refused(client: Client, given: list[Any]) -> None:
    whole = saved(Image.effect_noise((300, 200), 60).convert("RGB"), "JPEG")
    bomb = saved(Image.new("1", (8000, 8000)), "PNG")
    wide = saved(Image.new("L", (4001, 1000)), "PNG")
    cases = (
        ("a text that calls itself image/jpeg", b"I am a kestrel.", 415),
        ("an empty file", b"", 415),
        ("half a JPEG", whole[: len(whole) // 2], 422),
        (f"a PNG of {len(bomb)} bytes and 64 million pixels", bomb, 413),
        ("a drawing of 4,001,000 pixels", wide, 413),
        ("the first half of that PNG: its head is enough to refuse", bomb[:4000], 413),
    )
    for what, content, status in cases:
        before = len(given)
        reply = client.post(
            "/photos", files={"photo": ("h.jpg", content, "image/jpeg")}
        )
        client.expect(reply, status, because=f"I sent {what}.")
        assert len(given) == before, (
            f"I sent {what}. You refused it, but called `detect` before. Expected no "
            "call, because this is no picture to look at."
        )


def saved(image: Image.Image, kind: str, **about: Any) -> bytes:
    content = BytesIO()
    image.save(content, kind, **about)
    return content.getvalue()


def turned(image: Image.Image, note: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = note  # orientation; 6: show me turned a quarter to the right
    return saved(image, "JPEG", exif=exif)


# --- latest -------------------------------------------------------------------


@exercise(
    "ch13.latest",
    title="The latest frame wins",
    hints=(
        "How many frames are worth waiting for?",
        "One attribute for the frame and an `asyncio.Event` that says whether there "
        "is one.",
        "`put` counts the frame that it replaces, keeps the new one, and calls "
        "`self.there.set()`; `get` does `await self.there.wait()`, then "
        "`self.there.clear()`, and returns the frame.",
    ),
    why="whatever the model's pace, the frame that it gets is the newest, so an answer "
    "is never older than the model is slow.",
)
async def latest(Buffer: Callable[[], Any]) -> None:
    await newest(Buffer())
    await alone(Buffer(), Buffer())
    await wakes(Buffer())
    await empties(Buffer())
    await counts_on(Buffer())


async def alone(*apart: Any) -> None:
    counted = apart[0].dropped
    apart[0].put("mine")
    await got(apart[0], "mine", "it is what was put into this buffer")
    apart[1].put("theirs")
    assert counted == apart[0].dropped == 0, (
        "I made two buffers and put a frame into each. One counts what is the other's. "
        "Expected each to have its own frame and count, because each client has one."
    )


async def newest(frames: Any) -> None:
    count = 3 + secret() % 20
    for number in range(count):
        answer = frames.put(f"frame {number}")
        assert not asyncio.iscoroutine(answer), closed(answer)
    because = "it is the newest: the older ones have been overtaken"
    await got(frames, f"frame {count - 1}", because)
    assert frames.dropped == count - 1, (
        f"I put {count} frames and took one. `dropped` is `{short(frames.dropped)}`. "
        f"Expected {count - 1}, because a loss that is not counted is not noticed."
    )


async def counts_on(frames: Any) -> None:
    for frame in ("dew", "rain", "fog"):
        frames.put(frame)
    await got(frames, "fog", "it is the newest")
    await waits(frames, "I put three frames and called `get` twice.")
    frames.put("early")
    frames.put("late")
    assert frames.dropped == 3, (
        "I put three frames, took one, and put two more. `dropped` is "
        f"`{short(frames.dropped)}`. Expected 3: all that were replaced since the "
        "beginning, each as soon as it is."
    )


async def waits(frames: Any, did: str) -> None:
    again = asyncio.create_task(frames.get())
    done, _ = await asyncio.wait([again], timeout=0.05)
    again.cancel()
    assert not done, (
        f"{did} The second call gave `{short(again.result())}` as well. Expected it to "
        "wait, because the model need not look at the same frame again, nor at an "
        "older one."
    )


def closed(answer: Any) -> str:
    answer.close()
    return (
        "`put` gave me something to await. Expected a plain function, because whoever "
        "receives frames must never wait."
    )


async def wakes(frames: Any) -> None:
    waiting = asyncio.create_task(frames.get())
    await asyncio.sleep(0)
    assert not waiting.done(), (
        "I called `get` on an empty buffer and it came back at once. Expected it to "
        "wait, because there is nothing to look at yet."
    )
    frames.put("dawn")
    for _ in range(50):  # rounds of the event loop, each without a pause
        await asyncio.sleep(0)
    done = waiting.done()
    waiting.cancel()
    assert done, (
        "I waited in `get`, then called `put`, and `get` slept on. Expected `put` to "
        "wake it, because the model has nothing else to do, and who only looks now and "
        "then is late."
    )
    assert waiting.result() == "dawn" and frames.dropped == 0, (
        f"I waited in `get` and put `dawn`. You gave `{short(waiting.result())}`, with "
        f"`dropped` at {frames.dropped}. Expected `dawn` and 0, because nothing was "
        "overtaken."
    )


async def empties(frames: Any) -> None:
    frames.put("noon")
    await got(frames, "noon", "it is the only one")
    await waits(frames, "I put one frame and called `get` twice.")
    frames.put("dusk")
    await got(frames, "dusk", "it came after the first had been taken")
    assert frames.dropped == 0, (
        f"I put a frame only when the last had been taken, and `dropped` is "
        f"{frames.dropped}. Expected 0, because none was overtaken."
    )


async def got(frames: Any, right: str, because: str) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            found = await frames.get()
    except TimeoutError:
        raise AssertionError(
            f"There is a frame, and `get` waits. Expected `{right}`, because {because}."
        ) from None
    assert found == right, (
        f"I called `get` and got `{short(found)}`. Expected `{right}`, because "
        f"{because}."
    )
