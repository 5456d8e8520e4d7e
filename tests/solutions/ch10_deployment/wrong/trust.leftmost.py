# expect: he is no proxy of yours
def visitor(peer: str, forwarded: str, trusted: list[str]) -> str:
    return forwarded.split(",")[0].strip() or peer
