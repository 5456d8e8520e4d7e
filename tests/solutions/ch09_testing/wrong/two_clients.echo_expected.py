# expect: condemns the good app: `AssertionError: waited for a message that never came`
def test_ada_speaks(client):
    with client.websocket_connect("/canteen/ada") as ada:
        ada.send_text("Soup?")
        assert ada.receive_text() == "ada: Soup?"
