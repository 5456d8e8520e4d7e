"""How long a fixture lives, and what happens after `yield`.

Try: python -m pytest -q -s test_scopes.py
"""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module")
def hide() -> Iterator[str]:
    print("\nunlock the hide")
    yield "the hide"
    print("\nlock the hide")


@pytest.fixture(autouse=True)
def binoculars() -> Iterator[None]:
    print("\n  clean the binoculars")
    yield
    print("\n  put them back")


@pytest.mark.parametrize("species", ["otter", "kestrel"])
def test_watch(hide: str, species: str) -> None:
    print(f"    watch the {species} from {hide}", end="")
    assert hide
