"""Hash slowly, off the event loop, and as long for a stranger as for a member.

Try: await Passwords(settings).check("a guess", None)
"""

from secrets import token_urlsafe

from anyio import CapacityLimiter, to_thread
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from pwdlib.hashers.bcrypt import BcryptHasher

from chapters.ch07_security.gate.settings import Settings

# In earnest: the first 3000 of a published list that are long enough for the rule.
COMMON = {
    "123456789012345",
    "1234567890123456",
    "aaaaaaaaaaaaaaa",
    "iloveyouiloveyou",
    "passwordpassword",
    "qwertyuiopasdfgh",
    "letmeinletmeinletmein",
}
AT_ONCE = 4  # each hash fills memory: a crowd waits instead of filling all of it


def check_uncommon(password: str) -> str:
    if password.casefold() in COMMON:
        raise ValueError("This password is on every attacker's list.")
    return password


class Passwords:
    def __init__(self, settings: Settings) -> None:
        cost, passes = settings.argon2_kib, settings.argon2_passes
        # The first one makes new hashes; the second only knows those of former years.
        self._hashes = PasswordHash(
            (Argon2Hasher(passes, cost, parallelism=1), BcryptHasher())
        )
        self._nobodys = self._hashes.hash(token_urlsafe())
        self._seats = CapacityLimiter(AT_ONCE)

    async def hash(self, password: str) -> str:
        return await to_thread.run_sync(
            self._hashes.hash, password, limiter=self._seats
        )

    async def check(self, password: str, known: str | None) -> tuple[bool, str | None]:
        """Is it the password, and with which hash should `known` be replaced?"""
        fine, better = await to_thread.run_sync(
            self._verify, password, known or self._nobodys, limiter=self._seats
        )
        return fine and known is not None, better

    def _verify(self, password: str, known: str) -> tuple[bool, str | None]:
        try:
            return self._hashes.verify_and_update(password, known)
        except ValueError:  # bcrypt takes no more than 72 bytes, and says so
            return False, None
