"""The file store: real types only, nobody's path but one's own, erased together; a folder and an S3 service."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
import pytest_asyncio
from aiohttp import web

from bot.storage.files import MAX_PICTURE, BadFile, FileStore, FolderStore, check_picture, kind_of, open_store

JPEG = b"\xff\xd8\xff\xe0" + bytes(40) + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(4) + b"IHDR" + bytes(20) + b"IEND" + bytes(4)
ANA, BEN = "person-a_1", "person-b_2"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (JPEG, "jpg"),
        (JPEG + b"trailer of a phone", "jpg"),
        (PNG, "png"),
        (b"GIF89a" + bytes(9), "gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "webp"),
        (b"#!AMR\n" + bytes(9), "amr"),
        (b"", None),
        (b"\xff\xd8\xff", None),
        (b"\x89PNG\r\n\x1a\n", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", None),
        (b"%PDF-1.7", None),
        (b"MZ\x90", None),
        (b"<html>", None),
    ],
)
def test_kind_is_read_from_the_bytes(data: bytes, kind: str | None) -> None:
    assert kind_of(data) == kind


def test_pictures_only() -> None:
    assert check_picture(PNG) == "png"
    for data in (b"#!AMR\n", b"GIF", JPEG + bytes(MAX_PICTURE)):
        with pytest.raises(BadFile):
            check_picture(data)


class Bucket:
    """A stand-in of an S3 service: what the client needs of it, and a look at the signatures."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.broken = False

    async def handle(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=key-of-tests/")
        key = request.path.removeprefix("/evidence/")
        if self.broken:
            return web.Response(status=403, text="<Error><Code>AccessDenied</Code></Error>")
        if request.method == "PUT":
            self.objects[key] = await request.read()
            return web.Response(headers={"ETag": hashlib.md5(self.objects[key]).hexdigest()})
        if request.method == "DELETE":
            self.objects.pop(key, None)
            return web.Response(status=204)
        if "list-type" in request.query:
            prefix = request.query["prefix"]
            found = "".join(
                f"<Contents><Key>{escape(k)}</Key></Contents>" for k in self.objects if k.startswith(prefix)
            )
            body = f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>"
            return web.Response(text=body, content_type="application/xml")
        if key not in self.objects:
            return web.Response(status=404, text="<Error><Code>NoSuchKey</Code></Error>")
        return web.Response(body=self.objects[key])


@pytest_asyncio.fixture
async def bucket(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Bucket, FileStore]]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key-of-tests")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-tests")
    service = Bucket()
    app = web.Application(client_max_size=20 << 20)
    app.router.add_route("*", "/{path:.*}", service.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    yield service, open_store(f"s3://evidence/photos?endpoint=http://127.0.0.1:{port}")
    await runner.cleanup()


@pytest_asyncio.fixture(params=["folder", "s3"])
async def store(request: pytest.FixtureRequest, tmp_path: Path, bucket: tuple[Bucket, FileStore]) -> FileStore:
    return open_store(str(tmp_path / "files")) if request.param == "folder" else bucket[1]


async def test_put_get_erase(store: FileStore) -> None:
    one = await store.put(ANA, JPEG, "jpg")
    two = await store.put(ANA, PNG, "png")
    other = await store.put(BEN, JPEG, "jpg")
    assert one.reference.startswith(f"{ANA}/")
    assert one.reference.endswith(".jpg")
    assert one.url == f"/media/{one.reference}"
    assert await store.get(one.reference) == JPEG
    await store.erase(ANA)
    for gone in (one, two):
        with pytest.raises(FileNotFoundError):
            await store.get(gone.reference)
    assert await store.get(other.reference) == JPEG
    await store.erase(ANA)  # twice is no error


@pytest.mark.parametrize(
    "reference",
    ["../../etc/hostname", "/etc/hostname", "a/../b.jpg", f"{ANA}/short.jpg", f"{ANA}/{'x' * 24}.html", ""],
)
async def test_strange_references_are_not_found(store: FileStore, reference: str) -> None:
    with pytest.raises(FileNotFoundError):
        await store.get(reference)


@pytest.mark.parametrize("person", ["", "..", "a/b", "a\x00b", "../x"])
async def test_strange_people_are_refused(store: FileStore, person: str) -> None:
    with pytest.raises(ValueError, match="not a person"):
        await store.put(person, JPEG, "jpg")
    with pytest.raises(ValueError, match="not a person"):
        await store.erase(person)


async def test_failure_of_the_object_store_is_an_oserror(bucket: tuple[Bucket, FileStore]) -> None:
    service, store = bucket
    service.broken = True
    with pytest.raises(OSError, match="AccessDenied"):
        await store.put(ANA, JPEG, "jpg")


def test_settings(tmp_path: Path) -> None:
    assert isinstance(open_store(str(tmp_path)), FolderStore)
    with pytest.raises(ValueError, match="bucket"):
        open_store("s3://")
