from ipaddress import ip_address, ip_network


def visitor(peer: str, forwarded: str, trusted: list[str]) -> str:
    """The rightmost address that no proxy of ours has."""
    networks = [ip_network(one) for one in trusted]
    here = ip_address(peer)
    for entry in reversed(forwarded.split(",")):
        if not any(here in network for network in networks):
            break
        try:
            here = ip_address(entry.strip())
        except ValueError:
            break
    return str(here)
