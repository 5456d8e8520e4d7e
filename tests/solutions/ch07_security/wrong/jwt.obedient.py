# expect: with a forged token (alg none)
import jwt

KEY = "for the exercise only: at least 32 bytes"
AUDIENCE, ISSUER = "sightings.reserve.example", "gate.reserve.example"


def read_badge(token: str) -> str | None:
    try:
        algorithm = jwt.get_unverified_header(token)["alg"]
        claims = jwt.decode(
            token,
            KEY,
            algorithms=["HS256"],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={"verify_signature": algorithm != "none", "require": ["exp"]},
        )
    except jwt.InvalidTokenError:
        return None
    return str(claims["sub"])
