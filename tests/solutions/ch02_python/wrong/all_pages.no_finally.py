# expect: the archive was never closed
from collections.abc import Iterator
from typing import Any


def all_pages(archive: Any) -> Iterator[str]:
    number: int | None = 1
    while number is not None:
        page = archive.page(number)
        yield from page["items"]
        number = page["next"]
    archive.close()
