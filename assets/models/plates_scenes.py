"""Captioned drawings of the reserve: a figure in a place, in a light, under a sky.

Every picture that the plates model learns from is drawn here, in flat colours, and so
are those that its checker is tried on. Held out: no drawing for training has a
combination of subject, colour and place for which `held_out` is true.
"""

import random
from dataclasses import dataclass, replace
from math import cos, hypot, radians, sin

from PIL import Image, ImageDraw

from assets.models.plates_figures import COLOURS, FIGURES, Point, Rgb, outline, rgb

SUBJECTS, BODIES = tuple(FIGURES), ("sun", "moon")
BODY_COLOURS = ("white", "yellow", "orange", "red")
PLACES = {
    "sky": ("in the sky",),
    "sea": ("on the sea", "over the sea"),
    "hill": ("on a hill",),
    "snow": ("in the snow",),
    "dune": ("on a dune",),
}
LIGHTS = {"day": "by day", "dusk": "at dusk", "night": "at night"}
SMALL_WORDS = ("a", "an", "the", "in", "on", "over", "by", "at", "with", "and", "under")
WORDS = (*COLOURS, *SUBJECTS, *PLACES, *LIGHTS, *SMALL_WORDS)

# light: (top of the sky, its bottom, clouds)
SKIES: dict[str, tuple[Rgb, Rgb, Rgb]] = {
    "day": ((104, 176, 228), (204, 232, 244), (240, 248, 252)),
    "dusk": ((98, 74, 136), (248, 178, 122), (222, 142, 134)),
    "night": ((20, 26, 62), (60, 72, 124), (44, 54, 100)),
}
# (light, place): (near, far)
GROUNDS: dict[tuple[str, str], tuple[Rgb, Rgb]] = {
    ("day", "sea"): ((38, 118, 158), (86, 164, 192)),
    ("day", "hill"): ((122, 176, 86), (168, 206, 134)),
    ("day", "snow"): ((234, 241, 248), (188, 206, 228)),
    ("day", "dune"): ((230, 198, 138), (243, 222, 178)),
    ("dusk", "sea"): ((84, 82, 130), (150, 108, 142)),
    ("dusk", "hill"): ((84, 98, 66), (128, 114, 90)),
    ("dusk", "snow"): ((228, 198, 208), (186, 150, 178)),
    ("dusk", "dune"): ((204, 138, 94), (224, 160, 116)),
    ("night", "sea"): ((22, 44, 84), (34, 64, 110)),
    ("night", "hill"): ((28, 62, 56), (42, 82, 78)),
    ("night", "snow"): ((150, 166, 208), (106, 122, 172)),
    ("night", "dune"): ((104, 92, 96), (130, 114, 118)),
}
STAR = (226, 230, 250)


@dataclass(frozen=True)
class Scene:
    """What is on a picture; `body` is a sun or a moon beside the subject, or empty."""

    subject: str
    colour: str
    place: str
    light: str
    body: str = ""
    body_colour: str = ""

    def prompt(self) -> str:
        """The whole scene in words: `a red boat on the sea at night`."""
        return sentence(self, PLACES[self.place][0])


def held_out(scene: Scene) -> bool:
    """Whether this combination is kept from training: one in eight."""
    at = [*SUBJECTS].index(scene.subject) + [*COLOURS].index(scene.colour)
    return (at + [*PLACES].index(scene.place)) % 8 == 0


def random_scene(rng: random.Random, unseen: bool = False) -> Scene:
    """Any scene of the training set, or with `unseen` one that was held out."""
    scene = Scene(
        rng.choice(SUBJECTS),
        rng.choice([*COLOURS]),
        rng.choice([*PLACES]),
        rng.choice([*LIGHTS]),
    )
    if scene.subject not in BODIES and rng.random() < 0.45:
        body, colour = rng.choice(BODIES), rng.choice(BODY_COLOURS)
        scene = replace(scene, body=body, body_colour=colour)
    return scene if held_out(scene) == unseen else random_scene(rng, unseen)


# -- words ---------------------------------------------------------------------


def article(words: str) -> str:
    return f"an {words}" if words[0] in "aeiou" else f"a {words}"


def sentence(scene: Scene, place: str, joint: str = ", with") -> str:
    text = f"{article(f'{scene.colour} {scene.subject}')} {place} {LIGHTS[scene.light]}"
    if scene.body:
        text += f"{joint} {article(f'{scene.body_colour} {scene.body}')}"
    return text


def caption(scene: Scene, rng: random.Random) -> str:
    """One way to say it: mostly whole, now and then only a part, or in key words."""
    place, light = rng.choice(PLACES[scene.place]), LIGHTS[scene.light]
    thing = f"{scene.colour} {scene.subject}"
    body = f"{scene.body_colour} {scene.body}" if scene.body else ""
    joint = rng.choice((", with", " with", " and", " under", ", under"))
    also = f"{joint} {article(body)}" if body else ""
    keys = [thing, scene.place, scene.light, *([body] if body else [])]
    partial = (
        article(thing) + also,
        f"{article(thing)} {place}{also}",
        f"{article(thing)} {light}{also}",
        f"{article(scene.subject)} {place} {light}",
        article(scene.subject),
        scene.subject,
        scene.light,
        scene.place,
        f"the {scene.place} {light}{also}",
        ", ".join(rng.sample(keys, rng.randint(1, len(keys)))),
        article(body) if body else article(thing),
    )
    whole = (
        f"{article(thing)} {place} {light}{also}",
        f"{article(thing)} {place} {light}{also}",
        f"{article(thing)} {light} {place}{also}",
        f"{light}, {article(thing)} {place}{also}",
        f"{article(thing)} {place}, {light}{also}",
        f"{article(thing)}{also} {place} {light}",
        ", ".join(keys),
    )
    return rng.choice(whole if rng.random() < 0.7 else partial)


# -- pictures ------------------------------------------------------------------


def mixed(one: Rgb, other: Rgb, share: float) -> Rgb:
    r, g, b = (round(p + (q - p) * share) for p, q in zip(one, other, strict=True))
    return r, g, b


def sky(draw: ImageDraw.ImageDraw, side: int, light: str) -> None:
    top, bottom, _ = SKIES[light]
    for y in range(side):
        draw.line([(0, y), (side, y)], fill=mixed(top, bottom, y / side))


def stars(draw: ImageDraw.ImageDraw, side: int, rng: random.Random) -> None:
    for _ in range(rng.randint(9, 14)):
        x, y = rng.random() * side, rng.random() * side * 0.55
        size = side * rng.uniform(0.005, 0.009)
        draw.ellipse((x - size, y - size, x + size, y + size), fill=STAR)


def cloud(
    draw: ImageDraw.ImageDraw, x: float, y: float, width: float, colour: Rgb
) -> None:
    for dx, dy, r in ((-0.3, 0.02, 0.16), (0, -0.06, 0.22), (0.3, 0.02, 0.17)):
        a, b, size = x + dx * width, y + dy * width, r * width
        draw.ellipse((a - size, b - size, a + size, b + size * 0.7), fill=colour)
    low = y + 0.13 * width
    draw.rounded_rectangle(
        (x - width / 2, y, x + width / 2, low), 0.065 * width, fill=colour
    )


def clouds(
    draw: ImageDraw.ImageDraw, side: int, scene: Scene, rng: random.Random
) -> None:
    """Two or three: high up, or in the sky itself all over."""
    colour = SKIES[scene.light][2]
    rows = (0.14, 0.5, 0.84) if scene.place == "sky" else (0.14, 0.36)
    for row in rows:
        x, y = rng.uniform(0.05, 0.95), row + rng.uniform(-0.06, 0.06)
        cloud(draw, x * side, y * side, rng.uniform(0.2, 0.34) * side, colour)


def ridge(side: int, level: float, rise: float, phase: float, pace: float) -> list:
    """A wavy skyline, closed at the bottom of the picture."""
    xs = [side * k / 48 for k in range(49)]
    top = [(x, side * (level - rise * sin(phase + pace * x / side))) for x in xs]
    return [(0.0, float(side)), *top, (float(side), float(side))]


RISES = {
    "sea": (0.0, 0.0),
    "hill": (0.05, 0.07),
    "snow": (0.06, 0.03),
    "dune": (0.03, 0.04),
}


def ground(
    draw: ImageDraw.ImageDraw, side: int, scene: Scene, rng: random.Random
) -> None:
    near, far = GROUNDS[scene.light, scene.place]
    level, (behind, before) = rng.uniform(0.58, 0.66), RISES[scene.place]
    pace = 6.5 if scene.place == "snow" else 4.0
    draw.polygon(ridge(side, level, behind, rng.uniform(0, 6), pace), fill=far)
    lower = level + (0.07 if scene.place == "sea" else 0.12)
    draw.polygon(ridge(side, lower, before, rng.uniform(0, 6), 3.0), fill=near)
    if scene.place == "sea":
        for row in range(4):
            x, y = rng.uniform(0, 0.9) * side, (lower + 0.05 + 0.07 * row) * side
            wave = (x, y, x + rng.uniform(0.1, 0.2) * side, y + 0.014 * side)
            draw.rounded_rectangle(wave, 0.007 * side, fill=far)


def placed(points: list[Point], spot: tuple[float, ...], side: int) -> list[Point]:
    """Figure coordinates on the picture; spot is x, y, radius, turn, flip."""
    x, y, radius, turn, flip = spot
    a = radians(turn)
    turned = [
        (u * flip * cos(a) - v * sin(a), u * flip * sin(a) + v * cos(a))
        for u, v in points
    ]
    return [((x + radius * u) * side, (y + radius * v) * side) for u, v in turned]


def paint(
    draw: ImageDraw.ImageDraw,
    side: int,
    name: str,
    colour: str,
    spot: tuple[float, ...],
) -> None:
    """A figure with an edge around it, about one pixel in sixty wide."""
    parts = [(role, placed(points, spot, side)) for role, points in FIGURES[name]]
    width = round(side * (0.026 if spot[2] > 0.2 else 0.018))
    for _, points in parts:
        closed = [*points, points[0], points[1]]
        draw.line(closed, fill=outline(colour), width=width, joint="curve")
    for role, points in parts:
        draw.polygon(points, fill=rgb(role, colour))


def spots(scene: Scene, rng: random.Random) -> tuple[tuple[float, ...], ...]:
    """Where the subject stands and where the body hangs: never over each other."""
    turn, flip = rng.uniform(-4, 4), rng.choice((-1, 1))
    if not scene.body:
        x, y = rng.uniform(0.44, 0.56), rng.uniform(0.47, 0.57)
        return ((x, y, rng.uniform(0.3, 0.38), turn, flip),)
    aside, high = rng.uniform(0.15, 0.2), rng.uniform(0.15, 0.19)
    x, y = rng.uniform(0.54, 0.62), rng.uniform(0.55, 0.62)
    radius, size = rng.uniform(0.28, 0.34), rng.uniform(0.1, 0.125)
    if hypot(x - aside, y - high) < 1.15 * (radius + size) + 0.03:
        return spots(scene, rng)
    if rng.random() < 0.5:
        x, aside = 1 - x, 1 - aside
    return (x, y, radius, turn, flip), (aside, high, size, rng.uniform(-15, 15), 1)


def draw_scene(
    scene: Scene, rng: random.Random, side: int = 128, finer: int = 3
) -> Image.Image:
    """One picture of a scene, drawn `finer` times as large and then reduced."""
    big = side * finer
    image = Image.new("RGB", (big, big))
    draw = ImageDraw.Draw(image)
    sky(draw, big, scene.light)
    if scene.light == "night":
        stars(draw, big, rng)
    clouds(draw, big, scene, rng)
    if scene.place != "sky":
        ground(draw, big, scene, rng)
    figures = [(scene.subject, scene.colour), (scene.body, scene.body_colour)]
    for (name, colour), spot in zip(figures, spots(scene, rng), strict=False):
        paint(draw, big, name, colour, spot)
    return image.reduce(finer)


def grid(images: list[Image.Image], columns: int, gap: int = 6) -> Image.Image:
    """Pictures side by side on a light sheet."""
    side, rows = images[0].width + gap, -(-len(images) // columns)
    sheet = Image.new("RGB", (columns * side + gap, rows * side + gap), (250, 248, 242))
    for k, image in enumerate(images):
        sheet.paste(image, (gap + k % columns * side, gap + k // columns * side))
    return sheet
