"""Where files that people send are kept: in a folder or in an S3-compatible store, never in the database.

A file lies under ``<person>/<random>.<kind>``, so that a person's files can be erased together. What it is,
is read from its first bytes, never from its name or the sender's word.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

MAX_PICTURE = 10 * 1024 * 1024  # bytes; the platform's own limit for pictures
MAX_VOICE = 2 * 1024 * 1024
FILE_PATH = "/media/"  # where pages of ours serve files; the reference is what follows
_REFERENCE = re.compile(r"[A-Za-z0-9_\-]{1,64}/[A-Za-z0-9_\-]{20,64}\.(?:jpg|png|gif|webp|amr)")

TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "amr": "audio/amr",
}


class BadFile(ValueError):
    """The bytes are not a file of a kind that is taken, or too many."""


@dataclass(frozen=True)
class Stored:
    """A kept file. `reference` names it in the store; `url` is what goes into a ticket."""

    reference: str
    kind: str

    @property
    def url(self) -> str:
        return FILE_PATH + self.reference


def kind_of(data: bytes) -> str | None:
    """jpg, png, gif, webp or amr by the first bytes; None for anything else."""
    if data[:3] == b"\xff\xd8\xff" and b"\xff\xd9" in data:
        return "jpg"
    if data[:8] == b"\x89PNG\r\n\x1a\n" and data[12:16] == b"IHDR" and b"IEND" in data:
        return "png"
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "gif"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[:6] == b"#!AMR\n" or data[:9] == b"#!AMR-WB\n":
        return "amr"
    return None


def check_picture(data: bytes) -> str:
    """The kind of a picture. BadFile when it is none or too large."""
    if len(data) > MAX_PICTURE:
        raise BadFile("too large")
    kind = kind_of(data)
    if kind is None or kind == "amr":
        raise BadFile("not a picture")
    return kind


class FileStore(Protocol):
    """Where files are kept."""

    async def put(self, person_id: str, data: bytes, kind: str) -> Stored:
        """Keep a file. OSError when that fails."""

    async def get(self, reference: str) -> bytes:
        """The bytes. FileNotFoundError, also for a reference that is none."""

    async def erase(self, person_id: str) -> None:
        """Delete all files of a person. OSError when that fails."""


def new_reference(person_id: str, kind: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_\-]{1,64}", person_id) or kind not in TYPES:
        raise ValueError("not a person's id or not a kind of file")
    return f"{person_id}/{secrets.token_urlsafe(18)}.{kind}"


def check_reference(reference: str) -> str:
    if not _REFERENCE.fullmatch(reference):
        raise FileNotFoundError(reference[:80])
    return reference


class FolderStore:
    """Files in a local folder, or one that all replicas mount."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, person_id: str, data: bytes, kind: str) -> Stored:
        reference = new_reference(person_id, kind)
        await asyncio.to_thread(self._write, reference, data)
        return Stored(reference, kind)

    async def get(self, reference: str) -> bytes:
        return await asyncio.to_thread((self._root / check_reference(reference)).read_bytes)

    async def erase(self, person_id: str) -> None:
        new_reference(person_id, "jpg")  # a person's id is a single safe name
        folder = self._root / person_id
        if await asyncio.to_thread(folder.is_dir):
            await asyncio.to_thread(shutil.rmtree, folder)

    def _write(self, reference: str, data: bytes) -> None:
        path = self._root / reference
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = path.with_suffix(".part")
        partial.write_bytes(data)
        partial.replace(path)  # a reader never sees half a file


class S3Store:
    """Files in a bucket of any S3-compatible service (boto3, in a thread)."""

    def __init__(self, bucket: str, *, prefix: str = "", client: Any) -> None:
        self._bucket = bucket
        self._prefix = prefix
        self._client = client

    async def put(self, person_id: str, data: bytes, kind: str) -> Stored:
        reference = new_reference(person_id, kind)
        await self._run(
            self._client.put_object,
            Bucket=self._bucket,
            Key=self._prefix + reference,
            Body=data,
            ContentType=TYPES[kind],
        )
        return Stored(reference, kind)

    async def get(self, reference: str) -> bytes:
        key = self._prefix + check_reference(reference)

        def read() -> bytes:
            answer = self._client.get_object(Bucket=self._bucket, Key=key)
            data: bytes = answer["Body"].read()
            return data

        found: bytes = await self._run(read)
        return found

    async def erase(self, person_id: str) -> None:
        new_reference(person_id, "jpg")
        prefix = f"{self._prefix}{person_id}/"

        def erase() -> None:
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
            for page in pages:
                for item in page.get("Contents", ()):
                    self._client.delete_object(Bucket=self._bucket, Key=item["Key"])

        await self._run(erase)

    async def _run(self, call: Any, **arguments: Any) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]

        try:
            return await asyncio.to_thread(call, **arguments)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in ("NoSuchKey", "404"):
                raise FileNotFoundError("no such file") from None
            raise OSError(f"object store: {error.response.get('Error', {}).get('Code')}") from error
        except BotoCoreError as error:
            raise OSError(f"object store: {type(error).__name__}") from error


def open_store(setting: str) -> FileStore:
    """The store of a FILE_STORE setting: a folder, or ``s3://bucket/prefix?endpoint=https://…&region=…``.

    The keys of an S3 store come from the usual AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
    """
    if not setting.startswith("s3://"):
        return FolderStore(Path(setting))
    import boto3  # type: ignore[import-untyped]
    from botocore.config import Config  # type: ignore[import-untyped]

    parts = urlsplit(setting)
    options = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if not parts.netloc or not re.fullmatch(r"[a-z0-9.\-]{3,63}", parts.netloc):
        raise ValueError("s3://bucket/prefix?endpoint=https://…: the bucket's name is missing or wrong")
    config = Config(
        connect_timeout=2,
        read_timeout=5,
        retries={"max_attempts": 2, "mode": "standard"},
        s3={"addressing_style": options.get("style", "path")},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    region = options.get("region", "us-east-1")
    client = boto3.client("s3", endpoint_url=options.get("endpoint"), region_name=region, config=config)
    prefix = parts.path.strip("/")
    return S3Store(parts.netloc, prefix=f"{prefix}/" if prefix else "", client=client)
