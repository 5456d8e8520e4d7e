"""How much two boxes are the same: intersection over union, from 0 to 1.

Try: iou((0, 0, 2, 2), (1, 0, 3, 2)) is a third.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def iou(one: Sequence[float], other: Sequence[float]) -> float:
    """Of two boxes: left, top, right, bottom. Boxes that only touch share nothing."""
    return float(overlaps(one, [other])[0])


def overlaps(box: ArrayLike, others: ArrayLike) -> Floats:
    """(N,) overlaps of one box with N others."""
    one, rest = np.asarray(box, float), np.asarray(others, float)
    lowest = np.maximum(one[:2], rest[:, :2])
    highest = np.minimum(one[2:], rest[:, 2:])
    both = np.prod(np.maximum(highest - lowest, 0), axis=1)
    areas = np.prod(rest[:, 2:] - rest[:, :2], axis=1)
    union = np.prod(one[2:] - one[:2]) + areas - both
    shared: Floats = both / np.where(union > 0, union, 1)
    return shared


def suppress(boxes: Floats, scores: Floats, limit: float) -> list[int]:
    """Which boxes stay, best first, when none may overlap a better one by more."""
    order = list(np.argsort(-scores, kind="stable"))
    kept: list[int] = []
    while order:
        best, *rest = order
        kept.append(int(best))
        if not rest:
            break
        near = overlaps(boxes[best], boxes[rest]) > limit
        order = [index for index, over in zip(rest, near, strict=True) if not over]
    return kept
