"""A cursor says where the last page ended; its signature says that we wrote it.

Try: unseal(seal((5, 12), key="ours"), key="ours"), then with another key
"""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from hmac import digest
from secrets import compare_digest

Place = tuple[int, int]  # seen_at and id of the last row that was sent
SIGNATURE = 12  # bytes


def sign(text: bytes, key: str) -> bytes:
    return digest(key.encode(), text, sha256)[:SIGNATURE]


def seal(place: Place, key: str) -> str:
    text = json.dumps(place).encode()
    return urlsafe_b64encode(sign(text, key) + text).decode()


def unseal(cursor: str, key: str) -> Place:
    """The place in it; ValueError for anything that `seal` has not made."""
    try:
        content = urlsafe_b64decode(cursor.encode())
    except binascii.Error:
        raise ValueError("no base64") from None
    # Base64 can be spelled in several ways; we write one of them.
    if urlsafe_b64encode(content).decode() != cursor:
        raise ValueError("not as we spell it")
    signature, text = content[:SIGNATURE], content[SIGNATURE:]
    # Before anything is read: what is not signed is not even parsed.
    if not compare_digest(signature, sign(text, key)):
        raise ValueError("not signed by us")
    seen_at, number = json.loads(text)
    return seen_at, number
