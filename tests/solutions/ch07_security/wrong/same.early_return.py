# expect: learns the secret one character after the other
def same_secret(shown: str, known: str) -> bool:
    if len(shown) != len(known):
        return False
    return all(one == other for one, other in zip(shown, known, strict=True))
