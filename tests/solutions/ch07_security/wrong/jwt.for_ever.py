# expect: with a forged token (no expiry)
import jwt

KEY = "for the exercise only: at least 32 bytes"
AUDIENCE, ISSUER = "sightings.reserve.example", "gate.reserve.example"


def read_badge(token: str) -> str | None:
    try:
        claims = jwt.decode(
            token,
            KEY,
            algorithms=["HS256"],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={"require": ["sub", "aud", "iss"]},
        )
    except jwt.InvalidTokenError:
        return None
    return str(claims["sub"])
