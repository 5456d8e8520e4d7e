"""Tokens: drawn at random, given once, kept as a digest, forgotten on the server.

Try: digest(token_urlsafe(32))
"""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from chapters.ch07_security.gate.models import Observer, Token


def digest(token: str) -> str:
    # Not argon2: 256 random bits cannot be guessed, however fast the hash is.
    return sha256(token.encode()).hexdigest()


async def open_session(
    database: AsyncSession, observer: Observer, lifetime: timedelta
) -> str:
    """A new token; the observer's expired ones are swept out."""
    now, token = datetime.now(UTC), token_urlsafe(32)
    old = delete(Token).where(Token.observer_id == observer.id, Token.expires_at <= now)
    await database.execute(old)
    database.add(
        Token(digest=digest(token), observer_id=observer.id, expires_at=now + lifetime)
    )
    await database.commit()
    return token


async def find_session(database: AsyncSession, token: str) -> Token | None:
    # No compare_digest: an attacker cannot steer the digest that is looked up.
    wanted = Token.digest == digest(token)
    alive = Token.expires_at > datetime.now(UTC)
    return await database.scalar(select(Token).where(wanted, alive))


async def close_session(database: AsyncSession, token: str) -> None:
    await database.execute(delete(Token).where(Token.digest == digest(token)))
    await database.commit()


async def close_all(database: AsyncSession, observer: Observer) -> None:
    await database.execute(delete(Token).where(Token.observer_id == observer.id))
    await database.commit()
