# expect: it uses `==` (or `!=`, or `in`) on the secret
def same_secret(shown: str, known: str) -> bool:
    return shown == known
