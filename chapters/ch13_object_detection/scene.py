"""Scenes of which we know what is where: photos on a wall, for cameras and tests.

Try: draw([Placed("astronaut.jpg", 0, 100, 300)]).show()
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image

PHOTOS = Path(__file__).parents[2] / "assets" / "images"
WALL = "#7d8f86"
SIZE = (640, 480)

Box = tuple[float, float, float, float]  # left, top, right, bottom, in pixels

# What is in each photo and where, by our own eyes.
TRUTH: dict[str, tuple[str, Box]] = {
    "astronaut.jpg": ("person", (20, 14, 362, 512)),
    "chelsea.jpg": ("cat", (0, 0, 402, 300)),
    "coffee.jpg": ("cup", (172, 18, 408, 308)),
}


@cache
def photo(name: str) -> Image.Image:
    return Image.open(PHOTOS / name).convert("RGB")


@dataclass(frozen=True)
class Placed:
    """A photo on the wall: its left upper corner and its width, in pixels."""

    name: str
    left: int
    top: int
    width: int

    @property
    def scale(self) -> float:
        return self.width / photo(self.name).width

    @property
    def label(self) -> str:
        return TRUTH[self.name][0]

    @property
    def box(self) -> Box:
        """Where its object is."""
        x0, y0, x1, y1 = (side * self.scale for side in TRUTH[self.name][1])
        return self.left + x0, self.top + y0, self.left + x1, self.top + y1

    def picture(self) -> Image.Image:
        size = self.width, round(photo(self.name).height * self.scale)
        return photo(self.name).resize(size, Image.Resampling.LANCZOS)


def draw(places: Sequence[Placed], size: tuple[int, int] = SIZE) -> Image.Image:
    wall = Image.new("RGB", size, WALL)
    for place in places:
        wall.paste(place.picture(), (place.left, place.top))
    return wall


WALL_OF_THREE = (
    Placed("astronaut.jpg", 10, 100, 290),
    Placed("chelsea.jpg", 320, 20, 300),
    Placed("coffee.jpg", 330, 240, 300),
)
LEFT, RIGHT = (
    Placed("astronaut.jpg", 0, 100, 300),
    Placed("astronaut.jpg", 330, 100, 300),
)


def jpeg(image: Image.Image, quality: int = 80) -> bytes:
    content = BytesIO()
    image.save(content, "JPEG", quality=quality)
    return content.getvalue()


@cache
def wide() -> bytes:
    """A wall twice as wide as a camera's picture, as JPEG: the page pans over it."""
    more = (Placed("chelsea.jpg", 690, 110, 300), Placed("coffee.jpg", 1010, 60, 260))
    return jpeg(draw([*WALL_OF_THREE, *more], (1280, 480)))


@cache
def pan(count: int = 30) -> list[bytes]:
    """Frames of a camera that turns from left to right, each a JPEG of 640 by 480."""
    wall = Image.open(BytesIO(wide()))
    steps = [round(number * 640 / max(1, count - 1)) for number in range(count)]
    return [jpeg(wall.crop((x, 0, x + SIZE[0], SIZE[1]))) for x in steps]


def film(target: Path, scenes: Sequence[Sequence[Placed]], each: int = 90) -> None:
    """A file that Chromium's fake camera plays, round and round: each scene is shown
    for `each` frames, thirty of which are a second."""
    frames = [jpeg(draw(places)) * each for places in scenes]
    target.write_bytes(b"".join(frames))
