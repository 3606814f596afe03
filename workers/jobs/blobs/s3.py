"""Blobs as objects in a bucket of Amazon S3, or of a server that speaks its protocol."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from workers.jobs.blobs.base import (
    CHUNK_BYTES,
    BlobMissing,
    BlobStore,
    BlobStoreAway,
    BlobStoreUnusable,
    Stored,
    check_key,
    is_key,
)

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from botocore.response import StreamingBody
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import MultipartUploadTypeDef

# Below this it logs whole requests: signatures, and the documents that are stored.
logging.getLogger("botocore").setLevel(logging.INFO)

_MISSING = {"NoSuchKey", "404", "NotFound"}


class S3Blobs(BlobStore):
    """Objects ``prefix/key`` of ``bucket``. Access keys and region come from the usual AWS places."""

    def __init__(self, bucket: str, prefix: str = "", endpoint_url: str | None = None) -> None:
        self._client = _client(endpoint_url)
        self._endpoint_url = endpoint_url
        self._bucket = bucket
        self._prefix = f"{check_key(prefix)}/" if prefix else ""

    def put(self, key: str, source: BinaryIO, *, lasting: bool = True) -> None:
        """See ``BlobStore``."""
        with _typed(key):
            self._client.upload_fileobj(source, self._bucket, self._name(key))

    def stream(self, key: str) -> Iterator[bytes]:
        """See ``BlobStore``."""
        with _typed(key):
            return _pieces(key, self._client.get_object(Bucket=self._bucket, Key=self._name(key))["Body"])

    def fetch(self, key: str, target: Path) -> None:
        """See ``BlobStore``."""
        with _typed(key):
            self._client.download_file(self._bucket, self._name(key), str(target))

    def exists(self, key: str) -> bool:
        """See ``BlobStore``."""
        try:
            with _typed(key):
                self._client.head_object(Bucket=self._bucket, Key=self._name(key))
        except BlobMissing:
            return False
        return True

    def delete(self, key: str) -> None:
        """See ``BlobStore``."""
        with suppress(BlobMissing), _typed(key):
            self._client.delete_object(Bucket=self._bucket, Key=self._name(key))

    def delete_prefix(self, prefix: str) -> None:
        """See ``BlobStore``."""
        for found in self.walk(prefix):  # one by one: not every server has the bulk call
            self.delete(found.key)

    def walk(self, prefix: str) -> Iterator[Stored]:
        """See ``BlobStore``."""
        folder = self._name(prefix.removesuffix("/")) + "/"
        with _typed(prefix):
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=folder):
                for found in page.get("Contents", []):
                    key = found["Key"].removeprefix(self._prefix)
                    if is_key(key):
                        yield Stored(key, found["Size"], found["LastModified"])

    def folders(self, prefix: str) -> Iterator[str]:
        """See ``BlobStore``."""
        folder = self._name(prefix.removesuffix("/")) + "/"
        with _typed(prefix):
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=folder, Delimiter="/"):
                for found in page.get("CommonPrefixes", []):
                    name = found["Prefix"].removeprefix(folder).removesuffix("/")
                    if is_key(name):
                        yield name

    def drop_unfinished(self, older_than: timedelta) -> int:
        """See ``BlobStore``."""
        long_ago = datetime.now(UTC) - older_than
        dropped = 0
        for begun in self._unfinished():
            if begun["Initiated"] < long_ago:
                with suppress(BlobMissing), _typed(begun["Key"]):
                    self._client.abort_multipart_upload(
                        Bucket=self._bucket, Key=begun["Key"], UploadId=begun["UploadId"]
                    )
                    dropped += 1
        return dropped

    def _unfinished(self) -> Iterator[MultipartUploadTypeDef]:
        pages = self._client.get_paginator("list_multipart_uploads")
        with _typed(self._prefix):
            try:
                for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix):
                    yield from page.get("Uploads", [])
            except self._client.exceptions.ClientError as error:
                if _code(error) != "NotImplemented":  # such a server looks after them itself
                    raise

    def check(self) -> None:
        """See ``BlobStore``."""
        from botocore.exceptions import BotoCoreError

        try:
            self._probe.head_bucket(Bucket=self._bucket)
        except self._probe.exceptions.ClientError as error:
            raise BlobStoreUnusable(
                f"The bucket {self._bucket!r} answers {_code(error)}: make it or let these keys use it."
            ) from error
        except BotoCoreError as error:
            raise BlobStoreUnusable(
                f"The bucket {self._bucket!r} cannot be reached ({type(error).__name__}): "
                "see OCTAVO_S3_ENDPOINT_URL, AWS_ACCESS_KEY_ID and AWS_REGION."
            ) from error

    @cached_property
    def _probe(self) -> S3Client:
        """A client that says soon that there is no answer."""
        return _client(self._endpoint_url, connect_timeout=3, read_timeout=5, tries=1)

    def _name(self, key: str) -> str:
        return self._prefix + check_key(key)


@contextmanager
def _typed(key: str) -> Iterator[None]:
    """Turns the client's many errors into the two of a store; what is wrong with a call is left as it is."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

    try:
        yield
    except ParamValidationError:
        raise
    except ClientError as error:
        if _code(error) in _MISSING:
            raise BlobMissing(key) from error
        raise BlobStoreAway(_code(error)) from error
    except (BotoCoreError, Boto3Error) as error:
        raise BlobStoreAway(type(error).__name__) from error


def _client(
    endpoint_url: str | None, *, connect_timeout: float = 5, read_timeout: float = 30, tries: int = 4
) -> S3Client:
    """A client; ``read_timeout`` is for every answer and every part of a large file, in seconds."""
    try:
        import boto3
        from botocore.config import Config
    except ImportError as error:
        raise BlobStoreUnusable(
            "OCTAVO_BLOB_URL is an s3 URL, but the S3 client is not installed: pip install 'octavo[s3]'."
        ) from error

    config = Config(
        connect_timeout=connect_timeout,
        read_timeout=read_timeout,
        max_pool_connections=32,
        retries={"mode": "standard", "total_max_attempts": tries},
        # The newer checksums are sent in a framing that many compatible servers do not read.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": "path"} if endpoint_url else {},
    )
    # A session of its own: boto3's default one is not safe to use from several threads.
    return boto3.session.Session().client("s3", endpoint_url=endpoint_url, config=config)


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _pieces(key: str, body: StreamingBody) -> Iterator[bytes]:
    try:
        with _typed(key):
            yield from body.iter_chunks(CHUNK_BYTES)
    finally:
        body.close()
