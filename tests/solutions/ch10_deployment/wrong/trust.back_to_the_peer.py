# expect: it is the last that you could believe
from ipaddress import ip_address, ip_network


def visitor(peer, forwarded, trusted):
    nets = [ip_network(n) for n in trusted]

    def ok(a):
        return any(ip_address(a) in n for n in nets)

    if not ok(peer):
        return peer
    chain = [x.strip() for x in forwarded.split(",") if x.strip()]
    last = peer
    for e in reversed(chain):
        try:
            good = ok(e)
        except ValueError:
            return peer
        last = e
        if not good:
            break
    return last
