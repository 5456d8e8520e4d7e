# expect: comparing strings with non-ASCII characters is not supported
from secrets import compare_digest


def same_secret(shown: str, known: str) -> bool:
    return compare_digest(shown, known)
