"""How much NanoDet finds on scenes of which we know what is where: its card."""

import json
import random
from pathlib import Path
from typing import Any

from chapters.ch13_object_detection.boxes import iou
from chapters.ch13_object_detection.ladder import choose
from chapters.ch13_object_detection.scene import TRUTH, Placed, draw
from chapters.ch13_object_detection.service.detector import Detector, Torch
from chapters.ch13_object_detection.service.quick import Int8
from chapters.ch13_object_detection.service.settings import Settings

SEED, SAME = 99, 0.5  # int8 was calibrated on scenes of another seed


def scenes(number: int) -> list[Placed]:
    """One photo on the wall, anywhere and in any size that keeps its object in view."""
    dice = random.Random(SEED)
    names = [*TRUTH]
    return [
        Placed(names[k % 3], dice.randint(0, 240), dice.randint(0, 90), width)
        for k in range(number)
        for width in [dice.randint(200, 400)]
    ]


def recall(detector: Detector, places: list[Placed]) -> float:
    """The share of scenes whose object was found: its name, and IoU of a half."""
    hits = 0
    for place in places:
        found = detector.predict(draw([place], (640, 520)))
        hits += any(
            t.label == place.label and iou(t.box, place.box) >= SAME for t in found
        )
    return round(hits / len(places), 3)


def write(folder: Path, number: int = 90) -> None:
    """Measure both engines and write course-model.json."""
    model = choose(folder, "NanoDet-g", "", level="tiny")
    settings, places = Settings(threads=1), scenes(number)
    engines = {"torch float32": Torch, "onnxruntime int8": Int8}
    quality: list[dict[str, Any]] = [
        {"engine": name, "n": number, "threshold": settings.threshold, "iou": SAME}
        | {"recall": recall(engine(model, settings), places)}
        for name, engine in engines.items()
    ]
    card = {
        "name": "NanoDet-g",
        "rung": "tiny",
        "what": "80 COCO classes; by RangiLyu, Apache-2.0, converted for this course",
        "size": 416,
        "quality": quality,
        "scenes": "one of three photos at a drawn size and place, seed 99; not COCO",
    }
    (folder / "course-model.json").write_text(
        json.dumps(card, indent=2) + "\n", "utf-8"
    )
