"""What a model does not know: ignored unless you forbid it.

Try: python -i -m chapters.ch04_data_models.forbid_extra
"""

from pydantic import BaseModel, ConfigDict


class Ignoring(BaseModel):
    species: str
    note: str = ""


class Forbidding(Ignoring):
    model_config = ConfigDict(extra="forbid")


MISTYPED = {"species": "otter", "note_": "with young", "reviewed": True}
