"""Reached by its full dotted name: chapters.ch02_python.field_guide.shore.waders"""

from ..birds import call_of  # one dot is this package, two its parent


def wading_call(species: str) -> str:
    return f"{call_of(species)} (splash)"
