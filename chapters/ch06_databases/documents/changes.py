"""A change stream: the database tells you when somebody writes.

Try: await next_changes(boxes, 1, asyncio.Event()), and write from elsewhere
"""

import asyncio

from chapters.ch06_databases.documents.database import Collection
from chapters.ch06_databases.documents.driver import Document, settled


async def next_changes(
    boxes: Collection,
    count: int,
    listening: asyncio.Event,
    after: Document | None = None,
) -> list[Document]:
    """What is written from now on; or after the change that has this `_id`."""
    watch = boxes.watch(resume_after=after, full_document="updateLookup")
    async with await settled(watch) as stream:
        listening.set()
        return [await stream.next() for _ in range(count)]
