"""A fixture is asked for by name, and may ask for another.

Try: python -m pytest sighting_test.py
"""

from datetime import date

import pytest

from chapters.ch09_testing.first.models import Group, Observer, Sighting


@pytest.fixture
def observer() -> Observer:
    return Observer(name="Ada", since=date(2019, 4, 1))


@pytest.fixture
def sighting(observer: Observer) -> Sighting:
    return Sighting(species="otter", group=Group.MAMMAL, observer=observer)


def test_an_observer_has_a_first_day(observer: Observer) -> None:
    assert observer.since.year == 2019


def test_a_sighting_has_its_observer(sighting: Sighting) -> None:
    assert sighting.observer.name == "Ada"


def test_a_sighting_is_of_a_group(sighting: Sighting) -> None:
    assert sighting.group == "mammal"
