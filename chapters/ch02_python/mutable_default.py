"""A default is made once, when `def` runs: a list there is shared by all calls.

Try: python -i -m chapters.ch02_python.mutable_default
"""


def note_shared(species: str, notebook: list[str] = []) -> list[str]:  # noqa: B006
    notebook.append(species)
    return notebook


def note_fresh(species: str, notebook: list[str] | None = None) -> list[str]:
    if notebook is None:
        notebook = []
    notebook.append(species)
    return notebook
