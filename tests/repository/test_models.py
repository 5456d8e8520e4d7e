"""The tiny models that ship: each folder is what its card and the manifest say."""

import json
import random
import tomllib
from pathlib import Path
from typing import Any

import pytest

from assets.models import plates_words as words
from assets.models.plates_checker import score, true_drawings
from tests.repository.house import entry

ASSETS = Path("assets")
PLATES, NANODET = ASSETS / "models" / "plates-sd", ASSETS / "models" / "nanodet-coco"


def card(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (folder / "course-model.json").read_text("utf-8")
    )
    return found


def test_what_others_made_keeps_its_licence_and_its_notice() -> None:
    assert "Apache License" in (NANODET / "LICENSE").read_text("utf-8")
    notice = (NANODET / "NOTICE").read_text("utf-8")
    assert "RangiLyu" in notice and "Changes made for this course" in notice


@pytest.mark.parametrize("folder", [PLATES, NANODET], ids=lambda path: path.name)
def test_every_file_of_a_model_is_in_the_manifest(folder: Path) -> None:
    listed = tomllib.loads((ASSETS / "MANIFEST.toml").read_text("utf-8"))["file"]
    known = {one["path"]: one for one in listed}
    for path in (path for path in folder.rglob("*") if path.is_file()):
        wanted = entry(path.relative_to(ASSETS).as_posix(), path)
        assert wanted.items() <= known[str(wanted["path"])].items()


@pytest.mark.parametrize("folder", [PLATES, NANODET], ids=lambda path: path.name)
def test_a_card_names_its_rung_and_how_good_it_is(folder: Path) -> None:
    found = card(folder)
    assert found["rung"] == "tiny" and found["name"] and found["size"] > 0
    assert all(figures["n"] >= 90 for figures in found["quality"])


def test_plates_met_their_bar_on_prompts_that_they_never_saw() -> None:
    best = card(PLATES)["quality"][0]
    assert best["n"] >= 192 and best["subject"] >= 0.95
    assert min(best[aspect] for aspect in ("colour", "place", "light")) >= 0.97
    assert sum(p.stat().st_size for p in PLATES.rglob("*") if p.is_file()) < 12e6


def test_plates_know_each_word_of_their_card_as_one_token() -> None:
    said = card(PLATES)["words"]
    assert said["subjects"] == [*words.SUBJECTS] and said["places"] == [*words.PLACES]
    assert sorted(word for group in said.values() for word in group) == sorted(
        words.WORDS
    )
    text = (PLATES / "tokenizer" / "tokenizer.json").read_text("utf-8")
    vocabulary = json.loads(text)["model"]["vocab"]
    assert {f"{word}</w>" for word in words.WORDS} <= vocabulary.keys()


def test_examples_are_made_of_known_words() -> None:
    for prompt in card(PLATES)["examples"]:
        assert set(prompt.replace(",", "").split()) <= {*words.WORDS}


def test_what_is_held_out_is_never_drawn_for_training() -> None:
    dice = random.Random(1)
    assert not any(words.held_out(words.random_scene(dice)) for _ in range(500))
    assert all(words.held_out(words.random_scene(dice, True)) for _ in range(50))


def test_the_checker_is_right_on_true_drawings() -> None:
    assert true_drawings(60)["all"] >= 0.98


def test_plates_paint_unseen_scenes_as_asked() -> None:
    pytest.importorskip("diffusers", reason="needs `make setup SET=ml`")
    import torch

    from assets.models.plates_report import opened, painted, unseen_scenes

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        scenes, guidance = unseen_scenes(8, seed=42), card(PLATES)["guidance"]
        prompts = [scene.prompt() for scene in scenes]
        pictures = painted(opened(PLATES), prompts, 10, guidance, seed=42)
    finally:
        torch.set_num_threads(threads)
    got = score(scenes, pictures)
    assert got["subject"] >= 0.85 and got["colour"] == got["light"] == got["place"] == 1
