"""NanoDet's parts: convolutions that make three maps of a picture, and suppression.

Used by nanodet.py. The layout is NanoDet-g's (RangiLyu, Apache-2.0), written anew.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate, max_pool2d


class Conv(nn.Sequential):
    def __init__(
        self, inside: int, out: int, side: int = 3, stride: int = 1, act: bool = True
    ) -> None:
        last = nn.LeakyReLU(0.1) if act else nn.Identity()
        super().__init__(nn.Conv2d(inside, out, side, stride, side // 2), last)


class Stage(nn.Module):
    """A convolution, pairs that split and join, and a short cut around them."""

    def __init__(self, channels: int, pairs: int, stride: int) -> None:
        super().__init__()
        half = channels // 2
        self.first = Conv(channels, channels, stride=stride)
        halves = [[Conv(channels, half), Conv(half, half)] for _ in range(pairs)]
        self.pairs = nn.ModuleList(nn.ModuleList(pair) for pair in halves)
        self.last = Conv(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        x = first = self.first(x)
        for one, two in self.pairs:
            x = one(x)
            x = torch.cat([two(x), x], 1)
        return torch.cat([self.last(x), first], 1)


class Body(nn.Module):
    """From a picture to three maps, with a cell for each 8, 16 and 32 pixels."""

    def __init__(self, outputs: int) -> None:
        super().__init__()
        self.stem = Conv(3, 32, stride=2)
        shapes = ((32, 1, 1), (64, 2, 2), (128, 2, 2), (256, 3, 2))
        self.stages = nn.ModuleList(Stage(*shape) for shape in shapes)
        wide = (128, 256, 512)
        self.lateral = nn.ModuleList(Conv(w, 128, 1, act=False) for w in wide)
        heads = [[Conv(128, 128), Conv(128, outputs, 1, act=False)] for _ in wide]
        self.head = nn.ModuleList(nn.Sequential(*head) for head in heads)

    def forward(self, x: Tensor) -> list[Tensor]:
        x = max_pool2d(self.stem(x), 3, 2, 1)
        maps = [x := stage(x) for stage in self.stages][1:]
        small, middle, large = (f(m) for f, m in zip(self.lateral, maps, strict=True))
        middle = middle + resized(large, middle)  # what is large tells what is small
        small = small + resized(middle, small)
        middle = middle + resized(small, middle)  # and the other way round
        large = large + resized(middle, large)
        maps = [small, middle, large]
        return [head(features) for head, features in zip(self.head, maps, strict=True)]


def resized(features: Tensor, like: Tensor) -> Tensor:
    return interpolate(features, size=like.shape[-2:], mode="bilinear")


def expected(sides: Tensor, bins: int) -> Tensor:
    """(..., 4 * bins) scores to (..., 4) mean distances, in strides."""
    shares = sides.unflatten(-1, (4, bins)).softmax(-1)
    steps = torch.arange(bins, dtype=sides.dtype, device=sides.device)
    return (shares * steps).sum(-1)


def centres(cells: Tensor, stride: int) -> Tensor:
    """(1, h * w, 2): the middle of each cell of a map, x and y in pixels."""
    height, width = (torch.arange(n, device=cells.device) for n in cells.shape[-2:])
    y, x = torch.meshgrid(height, width, indexing="ij")
    both = torch.stack([x, y], -1).reshape(1, -1, 2)
    return (both.to(cells.dtype) + 0.5) * stride


def suppress(boxes: Tensor, scores: Tensor, limit: float) -> Tensor:
    """Which of (N, 4) corner boxes stay: none overlaps a better one by more than
    `limit`, as intersection over union. Best first."""
    order = scores.argsort(descending=True)
    area = (boxes[:, 2:] - boxes[:, :2]).prod(1)
    kept = []
    while order.numel():
        best, rest = order[0], order[1:]
        kept.append(best)
        lowest = torch.maximum(boxes[best, :2], boxes[rest, :2])
        highest = torch.minimum(boxes[best, 2:], boxes[rest, 2:])
        both = (highest - lowest).clamp(min=0).prod(1)
        order = rest[both <= limit * (area[best] + area[rest] - both)]
    return torch.stack(kept) if kept else order
