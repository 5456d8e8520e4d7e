"""The figures of the plates: thirteen subjects as painted polygons.

A figure is a list of parts, each a role and a polygon in a square from -1 to 1, x to
the right and y down. The roles `paint` and `shade` take the colour of the prompt; all
others have a colour of their own.
"""

from math import cos, pi, radians, sin

Point = tuple[float, float]
Part = tuple[str, list[Point]]
Figure = list[Part]
Rgb = tuple[int, int, int]

# name: (paint, shade)
COLOURS: dict[str, tuple[Rgb, Rgb]] = {
    "red": ((214, 45, 48), (165, 28, 40)),
    "orange": ((245, 130, 32), (206, 96, 18)),
    "yellow": ((250, 208, 46), (222, 168, 24)),
    "green": ((52, 160, 72), (30, 118, 54)),
    "blue": ((40, 98, 214), (26, 66, 160)),
    "purple": ((134, 66, 184), (98, 42, 142)),
    "pink": ((244, 128, 176), (214, 88, 142)),
    "white": ((246, 246, 248), (206, 212, 224)),
    "black": ((28, 28, 34), (62, 62, 74)),
}
LIGHT_COLOURS = ("orange", "yellow", "pink", "white")
CREAM, INK = (255, 246, 224), (34, 30, 44)
OWN: dict[str, Rgb] = {
    "cream": CREAM,
    "ink": INK,
    "wood": (120, 78, 48),
    "leaf": (58, 120, 64),
    "amber": (240, 166, 40),
    "glow": (255, 232, 150),
}


def oval(x: float, y: float, rx: float, ry: float = 0.0, turn: float = 0.0) -> list:
    """An ellipse, turned by degrees; a circle without `ry`."""
    a, ry = radians(turn), ry or rx
    around = [(rx * cos(t * pi / 18), ry * sin(t * pi / 18)) for t in range(36)]
    return [
        (x + u * cos(a) - v * sin(a), y + u * sin(a) + v * cos(a)) for u, v in around
    ]


def box(left: float, top: float, right: float, bottom: float) -> list[Point]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def mirrored(points: list[Point]) -> list[Point]:
    return [(-x, y) for x, y in points]


def both(role: str, points: list[Point]) -> Figure:
    """A part and its mirror image."""
    return [(role, points), (role, mirrored(points))]


def bird() -> Figure:
    return [
        (
            "paint",
            [(-0.4, 0.0), (-1.0, -0.22), (-0.92, 0.06), (-1.0, 0.3), (-0.35, 0.2)],
        ),
        ("amber", [(0.72, -0.26), (1.05, -0.1), (0.7, -0.04)]),
        ("paint", oval(0.02, 0.1, 0.62, 0.3, -8)),
        ("paint", oval(0.58, -0.14, 0.25)),
        (
            "shade",
            [(0.26, 0.1), (-0.28, 0.14), (-0.5, -0.92), (-0.12, -0.66), (0.2, -0.3)],
        ),
        ("eye", oval(0.64, -0.2, 0.065)),
    ]


def owl() -> Figure:
    return [
        *both("amber", oval(0.2, 0.94, 0.14, 0.08)),
        *both("paint", [(0.52, -0.4), (0.56, -1.02), (0.1, -0.7)]),
        ("paint", oval(0, 0.1, 0.62, 0.84)),
        ("shade", oval(0, 0.46, 0.36, 0.42)),
        *both("cream", oval(0.25, -0.32, 0.23)),
        *both("ink", oval(0.22, -0.32, 0.11)),
        ("amber", [(-0.1, -0.16), (0.1, -0.16), (0, 0.08)]),
    ]


def fish() -> Figure:
    return [
        ("shade", [(-0.3, -0.26), (0.0, -0.74), (0.42, -0.28)]),
        ("shade", [(-0.1, 0.28), (-0.05, 0.62), (0.3, 0.3)]),
        ("paint", [(-0.4, 0.0), (-1.0, -0.5), (-0.84, 0.0), (-1.0, 0.5)]),
        ("paint", oval(0.22, 0.0, 0.76, 0.42)),
        (
            "shade",
            [
                (0.36, -0.3),
                (0.46, 0.0),
                (0.36, 0.3),
                (0.28, 0.3),
                (0.36, 0),
                (0.28, -0.3),
            ],
        ),
        ("eye", oval(0.66, -0.1, 0.075)),
    ]


def butterfly() -> Figure:
    return [
        *both("ink", [(0.02, -0.4), (0.3, -0.96), (0.36, -0.92), (0.08, -0.38)]),
        *both("paint", oval(0.36, 0.42, 0.34, 0.42, -30)),
        *both("paint", oval(0.52, -0.28, 0.5, 0.4, -35)),
        *both("shade", oval(0.58, -0.34, 0.2)),
        *both("shade", oval(0.38, 0.46, 0.14)),
        ("ink", oval(0, 0.02, 0.1, 0.56)),
    ]


def tree() -> Figure:
    return [
        ("wood", [(-0.17, 1.0), (-0.1, 0.1), (0.1, 0.1), (0.17, 1.0)]),
        ("paint", oval(-0.42, 0.0, 0.4)),
        ("paint", oval(0.42, 0.0, 0.4)),
        ("paint", oval(0, -0.42, 0.58)),
        ("shade", oval(0.3, 0.04, 0.15)),
        ("shade", oval(-0.36, 0.0, 0.13)),
        ("shade", oval(-0.06, -0.5, 0.17)),
    ]


def flower() -> Figure:
    petals = [
        (0.38 * cos(a), -0.38 + 0.38 * sin(a), a * 180 / pi)
        for a in (pi / 3 * k + pi / 6 for k in range(6))
    ]
    return [
        ("leaf", [(-0.06, 1.0), (-0.06, -0.2), (0.06, -0.2), (0.06, 1.0)]),
        *both("leaf", oval(0.3, 0.66, 0.3, 0.13, -35)),
        *(("paint", oval(x, y, 0.28, 0.2, turn)) for x, y, turn in petals),
        ("heart", oval(0, -0.38, 0.22)),
    ]


def mushroom() -> Figure:
    cap = [
        (0.92 * cos(pi + pi * k / 24), 0.12 + 0.94 * sin(pi + pi * k / 24))
        for k in range(25)
    ]
    return [
        ("cream", [(-0.26, 1.0), (-0.2, 0.0), (0.2, 0.0), (0.26, 1.0)]),
        ("paint", [*cap, (0.6, 0.26), (-0.6, 0.26)]),
        ("dot", oval(0, -0.44, 0.17)),
        ("dot", oval(-0.5, -0.1, 0.14)),
        ("dot", oval(0.5, -0.1, 0.14)),
    ]


def boat() -> Figure:
    return [
        ("wood", box(-0.05, -1.0, 0.05, 0.5)),
        ("paint", [(0.1, -0.94), (0.9, 0.32), (0.1, 0.32)]),
        ("shade", [(-0.1, -0.74), (-0.72, 0.32), (-0.1, 0.32)]),
        ("paint", [(-0.98, 0.48), (0.98, 0.48), (0.62, 0.92), (-0.6, 0.92)]),
    ]


def hut() -> Figure:
    return [
        ("paint", box(-0.68, -0.1, 0.68, 0.92)),
        ("shade", [(-0.95, -0.06), (0.0, -0.92), (0.95, -0.06)]),
        ("wood", box(-0.44, 0.28, -0.06, 0.92)),
        ("glow", box(0.16, 0.24, 0.48, 0.56)),
    ]


def lighthouse() -> Figure:
    def band(top: float, bottom: float) -> list[Point]:
        a, b = 0.3 + 0.13 * top, 0.3 + 0.13 * bottom
        return [(-a, top), (a, top), (b, bottom), (-b, bottom)]

    return [
        ("paint", band(-0.42, 1.0)),
        ("dot", band(-0.08, 0.18)),
        ("dot", band(0.46, 0.72)),
        ("glow", box(-0.18, -0.74, 0.18, -0.46)),
        ("ink", box(-0.34, -0.5, 0.34, -0.4)),
        ("paint", [(-0.3, -0.7), (0, -1.05), (0.3, -0.7)]),
    ]


def balloon() -> Figure:
    return [
        *both("ink", [(0.12, 0.4), (0.17, 0.4), (0.15, 0.8), (0.1, 0.8)]),
        ("paint", [(-0.62, -0.04), (0.62, -0.04), (0.16, 0.6), (-0.16, 0.6)]),
        ("paint", oval(0, -0.32, 0.7)),
        ("shade", [*oval(0, -0.32, 0.28, 0.7)[18:], (0.12, 0.6), (-0.12, 0.6)]),
        ("wood", box(-0.2, 0.76, 0.2, 1.02)),
    ]


def sun() -> Figure:
    rays = []
    for k in range(12):
        a = pi / 6 * k
        side = [(0.66 * cos(a + d), 0.66 * sin(a + d)) for d in (-0.2, 0.2)]
        rays.append(("shade", [*side, (1.02 * cos(a), 1.02 * sin(a))]))
    return [*rays, ("paint", oval(0, 0, 0.66))]


def moon() -> Figure:
    """A crescent: what a circle leaves of another."""
    outer = [
        (0.95 * cos(radians(a)), 0.95 * sin(radians(a))) for a in range(50, 311, 10)
    ]
    inner = [
        (0.42 + 0.74 * cos(radians(a)), 0.74 * sin(radians(a)))
        for a in range(278, 81, -10)
    ]
    return [
        ("paint", [*outer, *inner]),
        ("shade", oval(-0.62, -0.2, 0.12)),
        ("shade", oval(-0.5, 0.36, 0.14)),
    ]


FIGURES = {
    **{f.__name__: f() for f in (bird, owl, fish, butterfly, tree, flower, mushroom)},
    **{f.__name__: f() for f in (boat, hut, lighthouse, balloon, sun, moon)},
}


def rgb(role: str, colour: str) -> Rgb:
    """What a role looks like in a figure of this colour."""
    paint, shade = COLOURS[colour]
    if role in ("paint", "shade"):
        return paint if role == "paint" else shade
    if role == "eye":
        return INK if colour in LIGHT_COLOURS else CREAM
    if role == "heart":
        return OWN["wood"] if colour in ("yellow", "orange") else OWN["amber"]
    if role == "dot":
        return shade if colour == "white" else CREAM
    return OWN[role]


def outline(colour: str) -> Rgb:
    """Light figures get a dark edge and dark ones a light edge: seen on any ground."""
    return INK if colour in LIGHT_COLOURS else CREAM
