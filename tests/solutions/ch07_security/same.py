from secrets import compare_digest


def same_secret(shown: str, known: str) -> bool:
    return compare_digest(shown.encode(), known.encode())
