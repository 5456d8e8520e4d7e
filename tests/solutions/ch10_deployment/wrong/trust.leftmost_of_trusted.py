# expect: the left one came from the visitor
from ipaddress import ip_address, ip_network


def visitor(peer: str, forwarded: str, trusted: list[str]) -> str:
    if any(ip_address(peer) in ip_network(one) for one in trusted):
        return forwarded.split(",")[0].strip() or peer
    return peer
