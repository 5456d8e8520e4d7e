"""A socket is tested as a sequence: who sends what, who hears what next."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from chapters.ch09_testing import echo, radio


@pytest.fixture
def on_air() -> Iterator[TestClient]:
    """Inside `with`, all its sockets share one event loop, as in a server."""
    with TestClient(radio.app) as client:
        yield client


def test_each_message_is_answered() -> None:
    with TestClient(echo.app).websocket_connect("/echo") as socket:
        for word in ("otter", "kestrel"):
            socket.send_text(word)
            assert socket.receive_text() == f"heard: {word}"


def test_two_wardens_hear_each_other_and_not_themselves(on_air: TestClient) -> None:
    with on_air.websocket_connect("/radio/ada") as ada:
        with on_air.websocket_connect("/radio/grace") as grace:
            assert ada.receive_text() == "grace is on the air"
            ada.send_text("Otter at the weir.")
            assert grace.receive_text() == "ada: Otter at the weir."
            # Had Ada heard herself, that would come first.
            grace.send_text("On my way.")
            assert ada.receive_text() == "grace: On my way."
        assert ada.receive_text() == "grace is off the air"


def test_the_radio_outlives_a_listener(on_air: TestClient) -> None:
    with on_air.websocket_connect("/radio/ada") as ada:
        with on_air.websocket_connect("/radio/grace"):
            ada.receive_text()
        ada.receive_text()
        with on_air.websocket_connect("/radio/mary") as mary:
            ada.send_text("Anybody there?")
            assert mary.receive_text() == "ada: Anybody there?"
