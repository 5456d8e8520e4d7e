from fastapi.testclient import TestClient


def test_two_hear_each_other(client: TestClient) -> None:
    with (
        client.websocket_connect("/canteen/ada") as ada,
        client.websocket_connect("/canteen/grace") as grace,
    ):
        ada.send_text("Soup?")
        assert grace.receive_text() == "ada: Soup?"
        grace.send_text("Please.")
        assert ada.receive_text() == "grace: Please."


def test_one_leaves_and_the_talk_goes_on(client: TestClient) -> None:
    with client.websocket_connect("/canteen/ada") as ada:
        with client.websocket_connect("/canteen/grace"):
            pass
        assert ada.receive_text() == "grace has left"
        with client.websocket_connect("/canteen/mary") as mary:
            ada.send_text("Soup?")
            assert mary.receive_text() == "ada: Soup?"
