import hmac
from urllib.parse import parse_qs


def signature(text, key):
    return hmac.new(key, text.encode(), "sha256").hexdigest()


def sign(path, seconds, key, now):
    """A URL that opens `path` for so many seconds: 1 to a week."""
    if not 1 <= seconds <= 7 * 24 * 3600:
        raise ValueError("a link lives from a second to a week")
    text = f"{path}?expires={now + seconds}"
    return f"{path}?signature={signature(text, key)}&expires={now + seconds}"


def opens(url, key, now):
    """Whether this URL may be opened now."""
    path, _, query = url.partition("?")
    fields = parse_qs(query)
    given = fields.get("signature", [""])[0]
    expires = fields.get("expires", [""])[0]
    text = f"{path}?expires={expires}"
    if not hmac.compare_digest(given.encode(), signature(text, key).encode()):
        return False
    return now < int(expires)
