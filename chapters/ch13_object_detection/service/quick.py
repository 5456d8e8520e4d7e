"""The same NanoDet in 8-bit numbers, run by ONNX Runtime: no torch, and much faster.

Try: WATCH_ENGINE=int8 python -m chapters.ch13_object_detection
"""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from chapters.ch13_object_detection.boxes import suppress
from chapters.ch13_object_detection.ladder import Model
from chapters.ch13_object_detection.service.detector import named, things
from chapters.ch13_object_detection.service.schemas import Thing
from chapters.ch13_object_detection.service.settings import Settings

SIDE = 416
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
SPREAD = np.array([0.229, 0.224, 0.225], np.float32)
OVERLAP = 0.6


class Int8:
    def __init__(self, model: Model, settings: Settings) -> None:
        import onnxruntime

        if model.rung != "tiny":
            raise ValueError("WATCH_ENGINE=int8 is for LEVEL=tiny: it has that file.")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = settings.threads
        self.session = onnxruntime.InferenceSession(
            Path(model.path, "int8.onnx"), options, providers=["CPUExecutionProvider"]
        )
        labels = json.loads(Path(model.path, "config.json").read_text())["id2label"]
        self.labels = {int(number): label for number, label in labels.items()}
        self.threshold = settings.threshold
        self.named = named(model, "onnxruntime int8")

    def predict(self, image: Image.Image) -> list[Thing]:
        pixels, scale = letterbox(image)
        [scores], [boxes] = self.session.run(None, {"pixel_values": pixels})
        label, score = scores.argmax(1), scores.max(1)
        likely = np.flatnonzero(score > self.threshold)
        # Boxes of other classes are moved away, so that only equals compete.
        apart = boxes[likely] + 2.0 * label[likely, None]
        kept = likely[suppress(apart, score[likely], OVERLAP)]
        found = boxes[kept] * SIDE / scale
        found = found.clip(0, [*image.size, *image.size])
        rows = zip(label[kept], score[kept].tolist(), found.tolist(), strict=True)
        return things([(self.labels[int(n)], one, box) for n, one, box in rows])


def letterbox(image: Image.Image) -> tuple[NDArray[np.float32], float]:
    """(1, 3, SIDE, SIDE), the picture in the left upper corner; and its scale."""
    scale = SIDE / max(image.size)
    size = round(image.width * scale), round(image.height * scale)
    small = np.asarray(image.resize(size, Image.Resampling.BILINEAR), np.float32)
    square = np.zeros((SIDE, SIDE, 3), np.float32)
    square[: small.shape[0], : small.shape[1]] = (small / 255 - MEAN) / SPREAD
    return np.ascontiguousarray(square.transpose(2, 0, 1)[None]), scale
