# expect: an entry that is no address is nobody
from ipaddress import ip_address, ip_network


def visitor(peer: str, forwarded: str, trusted: list[str]) -> str:
    networks = [ip_network(one) for one in trusted]
    here = peer
    for entry in reversed([one.strip() for one in forwarded.split(",")]):
        if not entry or not any(ip_address(here) in one for one in networks):
            break
        here = entry
    return here
