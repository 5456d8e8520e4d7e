"""NanoDet in 8-bit numbers: export to ONNX, watch it at work, round its weights.

Run: python assets/models/quantise_nanodet.py   (needs onnx: pip install onnx)
Only ranges are taken from our photos, no labels; the chapter's tests compare the two.
"""

import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn

from chapters.ch13_object_detection import scene
from chapters.ch13_object_detection.nanodet import NanoDetForObjectDetection
from chapters.ch13_object_detection.service.quick import SIDE, letterbox

FOLDER = Path(__file__).parent / "nanodet-coco"
SCENES = 60  # pictures of which the ranges of all layers are taken


class Raw(nn.Module):
    """Scores and boxes before suppression: what runs without Python."""

    def __init__(self, model: NanoDetForObjectDetection) -> None:
        super().__init__()
        self.model = model

    def forward(self, pixel_values: Tensor) -> tuple[Tensor, Tensor]:
        scores, boxes = self.model.raw(pixel_values)
        return scores, boxes


class Scenes(CalibrationDataReader):
    """Our photos on the wall, in sizes and places that are drawn from a seed."""

    def __init__(self) -> None:
        draw = np.random.default_rng(13)
        self.left = [self.one(draw) for _ in range(SCENES)]

    def one(self, draw: np.random.Generator) -> scene.Placed:
        name, width = draw.choice([*scene.TRUTH]), int(draw.integers(140, 560))
        left = int(draw.integers(-40, max(-39, 680 - width)))
        return scene.Placed(str(name), left, int(draw.integers(-60, 200)), width)

    def get_next(self) -> dict[str, np.ndarray] | None:
        if not self.left:
            return None
        pixels, _ = letterbox(scene.draw([self.left.pop()]))
        return {"pixel_values": pixels}


def last_layers(path: Path) -> list[str]:
    """From the outputs back to the last convolution of each head: they stay float,
    for a score of 0.8 must not be rounded to the nearest of few."""
    graph = onnx.load(path).graph
    makers = {output: node for node in graph.node for output in node.output}
    found: dict[str, None] = {}
    places = [output.name for output in graph.output]
    while places:
        node = makers.get(places.pop())
        if node is None or node.name in found:
            continue
        found[node.name] = None
        if node.op_type != "Conv":
            places += node.input
    return list(found)


def main() -> None:
    torch.set_num_threads(1)
    net = NanoDetForObjectDetection.from_pretrained(FOLDER, dtype=torch.float32)
    with tempfile.TemporaryDirectory() as room:
        plain, ready = Path(room, "plain.onnx"), Path(room, "ready.onnx")
        with warnings.catch_warnings():  # the older exporter needs no onnxscript
            warnings.simplefilter("ignore")
            torch.onnx.export(
                Raw(net.eval()),
                (torch.zeros(1, 3, SIDE, SIDE),),
                plain,
                input_names=["pixel_values"],
                output_names=["scores", "boxes"],
                opset_version=17,
                dynamo=False,
            )
        quant_pre_process(plain, ready, skip_symbolic_shape=True)
        quantize_static(
            ready,
            FOLDER / "int8.onnx",
            Scenes(),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["Conv", "Concat", "LeakyRelu", "MaxPool"],
            nodes_to_exclude=last_layers(ready),
        )
    print((FOLDER / "int8.onnx").stat().st_size, "bytes")


if __name__ == "__main__":
    main()
