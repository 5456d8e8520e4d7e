# expect: two proxies of yours passed it on
from ipaddress import ip_address, ip_network


def visitor(peer: str, forwarded: str, trusted: list[str]) -> str:
    if any(ip_address(peer) in ip_network(one) for one in trusted):
        return forwarded.split(",")[-1].strip() or peer
    return peer
