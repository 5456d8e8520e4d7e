"""Pictures as objects in an S3 storage, and links that open one of them for a while."""

import asyncio
import logging
import time
from contextlib import suppress
from datetime import timedelta
from io import BytesIO
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.error import InvalidResponseError, S3Error, ServerError
from urllib3.exceptions import HTTPError

from chapters.ch14_text_to_image.studio.settings import Settings

log = logging.getLogger("studio.storage")
AWAY = (HTTPError, InvalidResponseError, ServerError)


class StorageAway(Exception):
    """The storage did not answer for as long as we had patience."""


class Storage:
    def __init__(self, settings: Settings) -> None:
        self.settings, self.bucket = settings, settings.bucket
        self.inside = client(settings, settings.s3_endpoint)
        public = settings.public_s3_endpoint or settings.s3_endpoint
        self.outside = client(settings, public)
        self.sure = False  # that there is a bucket

    def link(self, name: str, seconds: int) -> str:
        """A URL that anybody may open until then. Signed here: no request is made."""
        return self.outside.presigned_get_object(
            bucket_name=self.bucket,
            object_name=name,
            expires=timedelta(seconds=seconds),
        )

    async def put(self, name: str, content: bytes) -> None:
        """Store a PNG; while the storage is away, wait and try again, ever slower."""
        end, pause = time.monotonic() + self.settings.storage_patience, 0.2
        while True:
            try:
                return await asyncio.to_thread(self._put, name, content)
            except AWAY as error:
                if time.monotonic() + pause > end:
                    raise StorageAway("The storage does not answer.") from error
                log.warning("the storage is away, again in %.1f s: %s", pause, error)
            await asyncio.sleep(pause)
            pause = min(2 * pause, 5)

    def _put(self, name: str, content: bytes) -> None:
        if not self.sure:
            with suppress(S3Error):  # another worker made it a moment earlier
                if not self.inside.bucket_exists(bucket_name=self.bucket):
                    self.inside.make_bucket(bucket_name=self.bucket)
        self._send(name, content)
        self.sure = True

    def _send(self, name: str, content: bytes) -> None:
        self.inside.put_object(
            bucket_name=self.bucket,
            object_name=name,
            data=BytesIO(content),
            length=len(content),
            content_type="image/png",
        )

    async def remove(self, name: str) -> None:
        """Gone afterwards, whether it was there or not."""
        try:
            await asyncio.to_thread(
                self.inside.remove_object, bucket_name=self.bucket, object_name=name
            )
        except S3Error as error:
            if error.code != "NoSuchBucket":
                raise
        except AWAY as error:
            raise StorageAway("The storage does not answer.") from error


def client(settings: Settings, endpoint: str) -> Minio:
    parts = urlsplit(endpoint)
    return Minio(
        endpoint=parts.netloc,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key.get_secret_value(),
        secure=parts.scheme == "https",
        region=settings.s3_region,  # known, so that signing asks nobody
        http_client=urllib3.PoolManager(timeout=10, retries=False),
    )
