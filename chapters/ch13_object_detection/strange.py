"""What may come in as a picture: seven uploads, by what they are.

Try: uploads()["a bomb"] is small, until somebody unpacks it.
"""

from io import BytesIO

from PIL import Image

from chapters.ch13_object_detection.scene import LEFT, draw, jpeg

ORIENTATION = 0x0112  # in EXIF; 6 says: show me turned a quarter to the right


def png(image: Image.Image) -> bytes:
    content = BytesIO()
    image.save(content, "PNG")
    return content.getvalue()


def lying(image: Image.Image) -> bytes:
    """As a telephone that is held upright stores it: turned, with a note."""
    content, exif = BytesIO(), Image.Exif()
    exif[ORIENTATION] = 6
    turned = image.transpose(Image.Transpose.ROTATE_90)
    turned.save(content, "JPEG", quality=80, exif=exif)
    return content.getvalue()


def uploads() -> dict[str, bytes]:
    whole, bomb = jpeg(draw([LEFT])), png(Image.new("1", (8000, 8000)))
    return {
        "a text": b"I am a kestrel.",
        "half a photo": whole[: len(whole) // 2],
        "a dot": png(Image.new("RGB", (1, 1))),
        "a bomb": bomb,
        "half a bomb": bomb[: len(bomb) // 2],
        "a film": bytes(7_000_000),
        "a lying photo": lying(draw([LEFT])),
    }
