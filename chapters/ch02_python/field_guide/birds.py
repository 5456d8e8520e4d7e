"""A module inside a package: chapters.ch02_python.field_guide.birds"""


def call_of(species: str) -> str:
    return {"kestrel": "kee-kee-kee", "wren": "tic-tic-tic"}.get(species, "...")
