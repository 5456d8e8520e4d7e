"""The tiny models that ship: each folder is what its licence and manifest say."""

from pathlib import Path

import pytest

MODELS = Path("assets/models")


@pytest.mark.parametrize("name", ["nanodet-coco"])
def test_what_others_made_keeps_its_licence_and_its_notice(name: str) -> None:
    assert "Apache License" in (MODELS / name / "LICENSE").read_text("utf-8")
    notice = (MODELS / name / "NOTICE").read_text("utf-8")
    assert "RangiLyu" in notice and "Changes made for this course" in notice
