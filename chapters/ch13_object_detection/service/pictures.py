"""From a stranger's bytes to a picture: looked at before it is unpacked.

Try: read_picture(content, pixels=25_000_000)
"""

from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
SMALLEST = 32  # pixels a side
SLIMMEST = 10  # times as long as wide


class Unusable(Exception):
    """These bytes are no picture for us; says why, and with which HTTP status."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


def read_picture(content: bytes, pixels: int) -> Image.Image:
    """RGB and upright, as a browser shows it; else Unusable: 413, 415 or 422."""
    image = look_at(content)
    width, height = image.size
    if width * height > pixels:
        raise too_large(pixels)
    if min(width, height) < SMALLEST or max(image.size) > SLIMMEST * min(image.size):
        told = f"{width} by {height} pixels are too few, or too slim a strip."
        raise Unusable(422, told)
    try:
        return ImageOps.exif_transpose(image).convert("RGB")
    except Exception as error:  # each format's decoder has errors of its own
        raise Unusable(422, "The picture is damaged or cut off.") from error


def look_at(content: bytes) -> Image.Image:
    """Only the head is read: what it is, and how large it would be."""
    try:
        return Image.open(BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise too_large(Image.MAX_IMAGE_PIXELS or 0) from error
    except UnidentifiedImageError as error:
        raise Unusable(415, "This is no JPEG, PNG or WebP picture.") from error
    except Exception as error:  # a head that promises what the rest cannot keep
        raise Unusable(422, "The picture is damaged or cut off.") from error


def too_large(pixels: int) -> Unusable:
    return Unusable(413, f"At most {pixels / 1e6:.0f} million pixels, please.")
