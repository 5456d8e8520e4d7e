"""Say what is on a plate without any learning: palettes, and the figures' outlines.

Place and light are the nearest of fifteen pairs of colours at the top and the bottom
corners. What differs from that landscape is a figure: the largest is the subject, a
smaller one high up is a sun or a moon. Its kind is the outline that covers it best,
its colour the paint that most of its pixels are nearest to.

Tried on true drawings by `true_drawings`, which also proves the bar it can measure.
"""

import random
from collections.abc import Iterable
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy import ndimage

from assets.models.plates_figures import COLOURS, FIGURES, OWN, Rgb
from assets.models.plates_scenes import (
    BODIES,
    GROUNDS,
    LIGHTS,
    PLACES,
    SKIES,
    Scene,
    draw_scene,
    mixed,
    placed,
    random_scene,
)

SIDE, GLYPH = 128, 40
# Distances in RGB: surely no landscape; perhaps none, if a figure has that colour.
FAR, NEAR = 42.0, 15.0
ASPECTS = ("subject", "colour", "place", "light", "body", "body_colour")
Mask = NDArray[np.bool_]


def apart(pixels: NDArray[np.float32], palette: Iterable) -> NDArray[np.float32]:
    """Euclidean distance of (..., 3) pixels to (n, 3) colours: (..., n)."""
    colours = np.array(list(palette), dtype=np.float32)
    return np.sqrt(((pixels[..., None, :] - colours) ** 2).sum(-1))


def landscape(pixels: NDArray[np.float32]) -> tuple[str, str]:
    """Place and light, from the corners of a (128, 128, 3) picture."""
    corners = np.concatenate([pixels[:, :24], pixels[:, -24:]], axis=1)
    top = np.median(corners[:6].reshape(-1, 3), axis=0)
    low = np.median(corners[-10:].reshape(-1, 3), axis=0)

    def off(place: str, light: str) -> float:
        sky = SKIES[light]
        below = sky[1] if place == "sky" else GROUNDS[light, place][0]
        return float(np.linalg.norm(top - sky[0]) + np.linalg.norm(low - below))

    return min(((p, t) for p in PLACES for t in LIGHTS), key=lambda pair: off(*pair))


def figure_colours() -> list[Rgb]:
    return [tone for pair in COLOURS.values() for tone in pair] + [*OWN.values()]


def figures(pixels: NDArray[np.float32], place: str, light: str) -> list[Mask]:
    """The figures' filled masks, the largest first."""
    top, bottom, cloud = SKIES[light]
    known = [mixed(top, bottom, share / 8) for share in range(9)] + [cloud]
    if place != "sky":
        known += GROUNDS[light, place]
    back, fore = apart(pixels, known).min(-1), apart(pixels, figure_colours()).min(-1)
    # Dark edges at night and cream ones by day are near the landscape, not of it.
    strange = (back > FAR) | ((back > NEAR) & (fore < 0.6 * back))
    solid = ndimage.binary_opening(ndimage.binary_fill_holes(strange), np.ones((3, 3)))
    labels, count = ndimage.label(solid, np.ones((3, 3)))
    masks = [labels == k + 1 for k in range(count)]
    return sorted((m for m in masks if m.sum() > 90), key=np.sum, reverse=True)


def glyph(mask: Mask) -> Mask:
    """A mask cut to its figure, enlarged to a square with the proportions kept."""
    ys, xs = np.nonzero(mask)
    cut = mask[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
    side = max(cut.shape)
    square = np.zeros((side, side), dtype=bool)
    y, x = (side - cut.shape[0]) // 2, (side - cut.shape[1]) // 2
    square[y : y + cut.shape[0], x : x + cut.shape[1]] = cut
    picture = Image.fromarray(square.astype(np.uint8) * 255)
    return np.asarray(picture.resize((GLYPH, GLYPH), Image.Resampling.BILINEAR)) > 127


@cache
def templates() -> tuple[list[str], NDArray[np.float32]]:
    """Names and flat glyphs of every figure, turned and mirrored."""
    names, glyphs = [], []
    for name, parts in FIGURES.items():
        turns = (-10, -5, 0, 5, 10)
        for spot in ((0.5, 0.5, 0.4, turn, flip) for turn in turns for flip in (1, -1)):
            image = Image.new("L", (256, 256))
            draw = ImageDraw.Draw(image)
            for _, points in parts:
                there = placed(points, spot, 256)
                draw.polygon(there, fill=255)
                draw.line([*there, there[0]], fill=255, width=5)
            names.append(name)
            glyphs.append(glyph(ndimage.binary_fill_holes(np.asarray(image) > 127)))
    return names, np.array(glyphs, dtype=np.float32).reshape(len(names), -1)


def kind(mask: Mask, among: Iterable[str] = tuple(FIGURES)) -> tuple[str, float]:
    """The figure whose outline covers the mask best, and how well (IoU)."""
    names, glyphs = templates()
    flat = glyph(mask).astype(np.float32).ravel()
    both = glyphs @ flat
    score = both / (glyphs.sum(1) + flat.sum() - both)
    allowed = set(among)
    return max(
        ((n, float(s)) for n, s in zip(names, score, strict=True) if n in allowed),
        key=lambda pair: pair[1],
    )


def paint_of(pixels: NDArray[np.float32], mask: Mask) -> str:
    """The colour of most of a figure's pixels, its edge and its details left out."""
    inner = ndimage.binary_erosion(mask, iterations=2)
    if not inner.any():
        inner = mask
    names = [name for name in COLOURS for _ in range(2)]
    others = [OWN[role] for role in ("cream", "wood", "leaf", "amber", "glow")]
    palette = [shade for pair in COLOURS.values() for shade in pair] + others
    nearest = apart(pixels[inner], palette).argmin(-1)
    votes = {name: 0 for name in COLOURS}
    for index, number in zip(*np.unique(nearest, return_counts=True), strict=True):
        if index < len(names):
            votes[names[index]] += int(number)
    return max(votes, key=lambda name: votes[name])


def seen(image: Image.Image) -> Scene:
    """What the picture shows; `subject` is empty where no figure is found."""
    small = image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    pixels = np.asarray(small, dtype=np.float32)
    place, light = landscape(pixels)
    masks = figures(pixels, place, light)
    if not masks:
        return Scene("", "", place, light)
    subject, colour = kind(masks[0])[0], paint_of(pixels, masks[0])
    for mask in masks[1:]:
        ys, xs = np.nonzero(mask)
        if ys.mean() < SIDE * 0.4 and np.ptp(xs) > 10 and np.ptp(ys) > 10:
            body = kind(mask, BODIES)[0]
            return Scene(subject, colour, place, light, body, paint_of(pixels, mask))
    return Scene(subject, colour, place, light)


def score(scenes: list[Scene], images: list[Image.Image]) -> dict[str, float]:
    """The share of pictures on which each aspect, and all of them, are as asked."""
    found = [seen(image) for image in images]
    pairs = list(zip(scenes, found, strict=True))
    shares = {
        aspect: sum(getattr(a, aspect) == getattr(b, aspect) for a, b in pairs)
        for aspect in ASPECTS
    }
    shares["all"] = sum(a == b for a, b in pairs)
    return {name: round(hits / len(pairs), 4) for name, hits in shares.items()}


def true_drawings(number: int = 600, seed: int = 5) -> dict[str, float]:
    """How often the checker is right on drawings whose scene is known."""
    rng = random.Random(seed)
    scenes = [random_scene(rng, unseen=k % 2 == 0) for k in range(number)]
    return score(scenes, [draw_scene(scene, rng) for scene in scenes])
