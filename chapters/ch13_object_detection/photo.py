"""Find the objects in one photo: load it, load the model, run it, draw what it says.

Run: python -m chapters.ch13_object_detection.photo assets/images/coffee.jpg seen.png
"""

import sys
from pathlib import Path
from typing import Any

import torch
from PIL import Image, ImageDraw, ImageFont
from transformers import AutoImageProcessor, AutoModelForObjectDetection
from transformers.utils.logging import disable_progress_bar

from chapters.ch13_object_detection import nanodet
from chapters.ch13_object_detection.ladder import choose

NANODET = Path("assets/models/nanodet-coco")
GREEN = "#4ade80"

nanodet.register()  # after which AutoModelForObjectDetection loads ours

Found = dict[str, Any]  # label, score, box: left, top, right, bottom in pixels


def load(folder: str) -> tuple[Any, Any]:
    disable_progress_bar()
    processor = AutoImageProcessor.from_pretrained(folder, backend="pil")
    # The file holds float16, which a CPU computes many times slower than float32.
    model = AutoModelForObjectDetection.from_pretrained(folder, dtype=torch.float32)
    return processor, model.eval()


def detect(image: Image.Image, processor: Any, model: Any) -> list[Found]:
    inputs = processor(images=image, return_tensors="pt")
    with torch.inference_mode():  # nobody learns here: keep no gradients
        outputs = model(**inputs)
    # Tensors have rows first: height, then width. Pillow's image.size is reversed.
    [result] = processor.post_process_object_detection(
        outputs, threshold=0.4, target_sizes=[(image.height, image.width)]
    )
    names = model.config.id2label
    rows = zip(*(result[key] for key in ("labels", "scores", "boxes")), strict=True)
    return [
        {"label": names[int(label)], "score": float(score), "box": box.tolist()}
        for label, score, box in rows
    ]


def draw(image: Image.Image, found: list[Found]) -> Image.Image:
    image = image.copy()
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(18)
    for one in found:
        left, top, right, bottom = one["box"]
        pen.rectangle((left, top, right, bottom), outline=GREEN, width=4)
        words, corner = f"{one['label']} {one['score']:.2f}", (left + 6, top + 6)
        pen.rectangle(pen.textbbox(corner, words, font=font), fill="black")
        pen.text(corner, words, fill=GREEN, font=font)
    return image


def main(photo: str, target: str) -> None:
    chosen = choose(NANODET, "NanoDet-g", "hustvl/yolos-tiny")
    image = Image.open(photo).convert("RGB")
    found = detect(image, *load(chosen.path))
    draw(image, found).save(target)
    print(chosen.name, *[one["label"] for one in found], sep=", ")


if __name__ == "__main__":
    main(*sys.argv[1:])
