"""Draw kestrel.png. Run: python assets/images/draw_kestrel.py"""

from math import cos, pi, sin
from pathlib import Path

from PIL import Image, ImageDraw

SIZE, SCALE = (480, 320), 2
DUSK = ((38, 52, 92), (232, 150, 92))
SUN, RIDGE, BIRD, WING = (250, 214, 140), (34, 40, 58), (94, 52, 30), (150, 88, 48)

Points = list[tuple[float, float]]


def scaled(points: Points) -> Points:
    return [(x * SCALE, y * SCALE) for x, y in points]


def sky(draw: ImageDraw.ImageDraw) -> None:
    height = SIZE[1] * SCALE
    for y in range(height):
        share = y / height
        colour = tuple(round(a + (b - a) * share) for a, b in zip(*DUSK, strict=True))
        draw.line([(0, y), (SIZE[0] * SCALE, y)], fill=colour)
    draw.ellipse(scaled([(330, 170), (410, 250)]), fill=SUN)


def ridge(draw: ImageDraw.ImageDraw) -> None:
    top: Points = [
        (x, 262 - 22 * sin(x / 70) - 9 * cos(x / 23)) for x in range(0, SIZE[0] + 4, 4)
    ]
    draw.polygon(scaled([(0, SIZE[1]), *top, (SIZE[0], SIZE[1])]), fill=RIDGE)


def kestrel(draw: ImageDraw.ImageDraw) -> None:
    for side in (-1, 1):
        tips = [(230 + side * x, y) for x, y in WING_SHAPE]
        draw.polygon(scaled(tips), fill=WING)
        draw.line(scaled(tips[:3]), fill=BIRD, width=6)
    fan = [(230 + 46 * sin(a), 158 + 62 * cos(a)) for a in FAN]
    draw.polygon(scaled([(230, 150), *fan]), fill=WING)
    draw.ellipse(scaled([(214, 98), (246, 176)]), fill=BIRD)
    draw.ellipse(scaled([(217, 78), (243, 106)]), fill=BIRD)
    draw.polygon(scaled([(226, 102), (234, 102), (230, 112)]), fill=SUN)


WING_SHAPE: Points = [(10, 112), (70, 78), (150, 56), (118, 96), (74, 124), (12, 146)]
FAN = [pi / 6 * (i / 4 - 1) for i in range(9)]


def picture() -> Image.Image:
    image = Image.new("RGB", (SIZE[0] * SCALE, SIZE[1] * SCALE))
    draw = ImageDraw.Draw(image)
    for paint in (sky, ridge, kestrel):
        paint(draw)
    return image.resize(SIZE, Image.Resampling.LANCZOS)


if __name__ == "__main__":
    path = Path(__file__).with_name("kestrel.png")
    picture().quantize(128).save(path, optimize=True)
