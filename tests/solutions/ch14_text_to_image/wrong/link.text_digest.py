# expect: anybody may type anything
import hmac
from urllib.parse import parse_qs, urlsplit


def signature(text, key):
    return hmac.new(key, text.encode(), "sha256").hexdigest()


def sign(path, seconds, key, now):
    """A URL that opens `path` for so many seconds: 1 to a week."""
    if not 1 <= seconds <= 7 * 24 * 3600:
        raise ValueError("a link lives from a second to a week")
    text = f"{path}?expires={now + seconds}"
    return f"{text}&signature={signature(text, key)}"


def opens(url, key, now):
    """Whether this URL may be opened now."""
    text, _, given = url.partition("&signature=")
    expires = parse_qs(urlsplit(text).query).get("expires", [""])[0]
    if not hmac.compare_digest(given, signature(text, key)):
        return False
    return now < int(expires)
