# expect: tells nobody that a guest has left, and all passed
def test_two_hear_each_other(client):
    with (
        client.websocket_connect("/canteen/ada") as ada,
        client.websocket_connect("/canteen/grace") as grace,
    ):
        ada.send_text("Soup?")
        assert grace.receive_text() == "ada: Soup?"
        grace.send_text("Please.")
        assert ada.receive_text() == "grace: Please."
