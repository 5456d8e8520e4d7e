"""NanoDet-g for transformers: 3.8 M weights that answer in the form of YOLOS and DETR.

Import it, and AutoModelForObjectDetection loads assets/models/nanodet-coco.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import (
    AutoConfig,
    AutoModelForObjectDetection,
    PreTrainedConfig,
    PreTrainedModel,
)
from transformers.models.auto import modeling_auto
from transformers.utils import ModelOutput

from chapters.ch13_object_detection.layers import Body, centres, expected, suppress

CANDIDATES = 300  # boxes that suppression looks at


class NanoDetConfig(PreTrainedConfig):
    model_type = "course-nanodet"

    def __init__(
        self,
        num_labels: int = 80,
        image_side: int = 416,
        reg_max: int = 10,  # a side is a distribution over 0..reg_max strides
        max_detections: int = 100,
        iou_threshold: float = 0.6,
        min_score: float = 0.05,
        **others: Any,
    ) -> None:
        self.image_side, self.reg_max = image_side, reg_max
        self.max_detections, self.min_score = max_detections, min_score
        self.iou_threshold = iou_threshold
        super().__init__(num_labels=num_labels, **others)


@dataclass
class Detections(ModelOutput):
    """`logits` (B, N, classes + "none"); `pred_boxes` (B, N, 4): cx cy w h in 0..1."""

    logits: Tensor | None = None
    pred_boxes: Tensor | None = None


class NanoDetForObjectDetection(PreTrainedModel):
    config_class = NanoDetConfig
    main_input_name = "pixel_values"

    def __init__(self, config: NanoDetConfig) -> None:
        super().__init__(config)
        self.body = Body(config.num_labels + 4 * (config.reg_max + 1))
        self.post_init()

    def raw(self, pixel_values: Tensor) -> tuple[Tensor, Tensor]:
        """Scores (B, N, classes), and boxes (B, N, 4): x0 y0 x1 y1 in 0..1."""
        labels, bins = self.config.num_labels, self.config.reg_max + 1
        height, width = pixel_values.shape[-2:]
        scores, boxes = [], []
        for level, cells in enumerate(self.body(pixel_values)):
            stride = 8 * 2**level
            flat = cells.flatten(2).transpose(1, 2)
            scores.append(flat[..., :labels].sigmoid())
            sides = expected(flat[..., labels:], bins) * stride
            middle = centres(cells, stride)
            corners = [middle - sides[..., :2], middle + sides[..., 2:]]
            size = sides.new_tensor([width, height, width, height])
            boxes.append((torch.cat(corners, -1) / size).clamp(0, 1))
        return torch.cat(scores, 1), torch.cat(boxes, 1)

    def forward(self, pixel_values: Tensor, **ignored: Any) -> Detections:
        pairs = zip(*self.raw(pixel_values), strict=True)
        logits, boxes = zip(*(self.best(*pair) for pair in pairs), strict=True)
        return Detections(logits=torch.stack(logits), pred_boxes=torch.stack(boxes))

    def best(self, scores: Tensor, boxes: Tensor) -> tuple[Tensor, Tensor]:
        """Of one picture: logits and boxes after suppression; free slots say nothing
        is there. The softmax of the logits gives the scores back."""
        config = self.config
        score, label = scores.max(-1)
        likely = score.topk(min(CANDIDATES, len(score))).indices
        likely = likely[score[likely] > config.min_score]
        # Boxes of other classes are moved away, so that only equals compete.
        apart = boxes[likely] + 2.0 * label[likely, None]
        kept = likely[suppress(apart, score[likely], config.iou_threshold)]
        kept = kept[: config.max_detections]
        logits = scores.new_full((config.max_detections, config.num_labels + 1), -30.0)
        logits[:, -1] = 0.0
        sure, rows = score[kept].clamp(max=1 - 1e-6), torch.arange(len(kept))
        logits[rows, label[kept]] = sure.log()
        logits[rows, -1] = torch.log1p(-sure)
        found = boxes.new_zeros((config.max_detections, 4))
        low, high = boxes[kept, :2], boxes[kept, 2:]
        found[rows] = torch.cat([(low + high) / 2, high - low], -1)
        return logits, found


def register() -> None:
    """Tell AutoModelForObjectDetection, and pipeline("object-detection"), of it."""
    name = NanoDetConfig.model_type
    AutoConfig.register(name, NanoDetConfig, exist_ok=True)
    AutoModelForObjectDetection.register(
        NanoDetConfig, NanoDetForObjectDetection, exist_ok=True
    )
    known = modeling_auto.MODEL_FOR_OBJECT_DETECTION_MAPPING_NAMES
    known.setdefault(name, NanoDetForObjectDetection.__name__)


register()
