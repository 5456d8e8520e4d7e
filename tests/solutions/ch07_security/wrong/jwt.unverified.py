# expect: with a forged token (alg none)
import jwt

KEY = "for the exercise only: at least 32 bytes"


def read_badge(token: str) -> str | None:
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return None
    return str(claims["sub"])
