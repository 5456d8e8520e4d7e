# expect: it raised `KeyError`. Expected `ValueError`
def next_status(status: str) -> str:
    following = {
        "reported": "reviewed",
        "reviewed": "confirmed",
        "confirmed": "published",
        "published": "published",
    }
    return following[status]
