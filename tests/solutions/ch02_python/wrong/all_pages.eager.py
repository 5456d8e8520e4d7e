# expect: before anyone took an item. Expected a generator
from typing import Any


def all_pages(archive: Any) -> list[str]:
    items: list[str] = []
    number: int | None = 1
    while number is not None:
        page = archive.page(number)
        items += page["items"]
        number = page["next"]
    archive.close()
    return items
