# expect: lets a speaker hear their own words, and all passed
def test_ada_speaks(client):
    with client.websocket_connect("/canteen/ada") as ada:
        ada.send_text("Soup?")
