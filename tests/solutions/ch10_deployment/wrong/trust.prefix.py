# expect: 192.0.2.77 is not 192.0.2.7
def visitor(peer: str, forwarded: str, trusted: list[str]) -> str:
    starts = ("10.", "192.0.2.7")
    here = peer
    for entry in reversed([one.strip() for one in forwarded.split(",")]):
        if not here.startswith(starts) or not entry:
            break
        here = entry
    return here
