"""The model behind the watch: hub's or ours, in torch; its file says what it is.

Try: load(Settings()).predict(image)
"""

from pathlib import Path
from typing import Any, Protocol

from PIL import Image

from chapters.ch13_object_detection.ladder import Model, choose
from chapters.ch13_object_detection.service.schemas import Named, Thing
from chapters.ch13_object_detection.service.settings import Settings

NANODET = Path(__file__).parents[3] / "assets" / "models" / "nanodet-coco"
FILES = ("*.json", "*.safetensors")
MOST = 50  # objects in an answer: the best
SMALL = {"shortest_edge": 256, "longest_edge": 448}  # YOLOS on a CPU: 0.1 s, not 2 s


class Detector(Protocol):
    named: Named

    def predict(self, image: Image.Image) -> list[Thing]:
        """What is in an RGB picture; blocks, so call it in a thread."""


def load(settings: Settings) -> Detector:
    """Choose, load, and look once: the first look is the slowest."""
    model = choose(NANODET, "NanoDet-g", "hustvl/yolos-tiny", allow=FILES)
    detector: Detector
    if settings.engine == "int8":
        from chapters.ch13_object_detection.service.quick import Int8

        detector = Int8(model, settings)
    else:
        detector = Torch(model, settings)
    detector.predict(Image.new("RGB", (640, 480)))
    return detector


class Torch:
    """Any detector that transformers loads, on the device that was chosen."""

    def __init__(self, model: Model, settings: Settings) -> None:
        # Seconds: an importer of this module should not wait for torch.
        import torch
        from transformers import AutoImageProcessor, AutoModelForObjectDetection
        from transformers.utils.logging import disable_progress_bar

        from chapters.ch13_object_detection import nanodet

        nanodet.register()
        disable_progress_bar()
        torch.set_num_threads(settings.threads)
        slow = model.rung == "full" and model.device == "cpu"
        size: dict[str, Any] = {"size": SMALL} if slow else {}
        self.torch, self.threshold = torch, settings.threshold
        self.named = named(model, "torch")
        self.device = model.device
        self.processor = AutoImageProcessor.from_pretrained(
            model.path, backend="pil", **size
        )
        self.net = AutoModelForObjectDetection.from_pretrained(
            model.path, dtype=torch.float32
        )
        self.net.eval().to(model.device)

    def predict(self, image: Image.Image) -> list[Thing]:
        inputs = self.processor(images=image, return_tensors="pt").to(self.device)
        with self.torch.inference_mode():
            outputs = self.net(**inputs)
        [found] = self.processor.post_process_object_detection(
            outputs,
            threshold=self.threshold,
            target_sizes=[(image.height, image.width)],
        )
        names = self.net.config.id2label
        labels = [names[number] for number in found["labels"].tolist()]
        scores, boxes = found["scores"].tolist(), found["boxes"].tolist()
        return things([*zip(labels, scores, boxes, strict=True)])


def named(model: Model, engine: str) -> Named:
    return Named(
        name=model.name,
        rung=model.rung,
        source=model.source,
        device=model.device,
        engine=engine,
    )


def things(rows: list[tuple[str, float, list[float]]]) -> list[Thing]:
    """The best first; to a tenth of a pixel."""
    rows = sorted(rows, key=lambda row: -row[1])[:MOST]
    return [
        Thing(label=label, score=round(score, 3), box=(x0, y0, x1, y1))
        for label, score, box in rows
        for x0, y0, x1, y1 in [[round(side, 1) for side in box]]
    ]
