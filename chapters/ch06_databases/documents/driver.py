"""The seam: Motor or PyMongo behind one type, and the places where they differ.

Try: connect("mongodb://127.0.0.1:27017", "pymongo", 2000)
"""

from inspect import isawaitable
from typing import Any, cast

from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import AsyncMongoClient

from chapters.ch06_databases.documents.settings import Driver

Document = dict[str, Any]
Client = AsyncMongoClient[Document]
CLIENTS = {"motor": AsyncIOMotorClient, "pymongo": AsyncMongoClient}


def connect(url: str, driver: Driver, patience_ms: int) -> Client:
    """Give a client on the running event loop; nothing is asked yet."""
    make = CLIENTS[driver]
    return cast(Client, make(url, tz_aware=True, serverSelectionTimeoutMS=patience_ms))


async def settled(result: Any) -> Any:
    """One driver answers at once where the other one wants an `await`."""
    return await result if isawaitable(result) else result
