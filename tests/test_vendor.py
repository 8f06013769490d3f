"""Scripts of others: fetched once, by a manifest, and only when they are what it says."""

import hashlib
import importlib.util
import io
import json
import tarfile

import pytest

from bot.settings import ROOT

CONTENT = b"var made = 1;"


@pytest.fixture
def vendor(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("vendor", ROOT / "scripts" / "vendor.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "NODE", tmp_path / "node")
    return module


@pytest.fixture
def npm(tmp_path, monkeypatch):
    """An `npm` on the path that packs `CONTENT` and counts its calls."""
    package = tmp_path / "made-1.0.0.tgz"
    with tarfile.open(package, "w:gz") as archive:
        member = tarfile.TarInfo("package/dist/made.js")
        member.size = len(CONTENT)
        archive.addfile(member, io.BytesIO(CONTENT))
    program = tmp_path / "bin" / "npm"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\n[ "$1" = pack ] && cp {package} . || exit 0\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    return tmp_path / "calls"


def manifest(tmp_path, content=CONTENT):
    path = tmp_path / "vendor.json"
    entry = {
        "package": "made",
        "version": "1.0.0",
        "from": "package/dist/made.js",
        "file": "made.js",
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    path.write_text(json.dumps([entry]))
    return path


def test_fetched_once_and_never_asked_for_again(vendor, npm, tmp_path):
    assert vendor.fetch(manifest(tmp_path), tmp_path / "out") == ["made 1.0.0"]
    assert (tmp_path / "out" / "made.js").read_bytes() == CONTENT
    npm.write_text("")
    assert vendor.fetch(manifest(tmp_path), tmp_path / "out") == []
    assert npm.read_text() == ""


def test_a_file_that_was_changed_is_fetched_again(vendor, npm, tmp_path):
    vendor.fetch(manifest(tmp_path), tmp_path / "out")
    (tmp_path / "out" / "made.js").write_text("something else")
    assert vendor.fetch(manifest(tmp_path), tmp_path / "out") == ["made 1.0.0"]
    assert (tmp_path / "out" / "made.js").read_bytes() == CONTENT


def test_what_is_not_what_the_manifest_says_is_not_installed(vendor, npm, tmp_path):
    with pytest.raises(vendor.Unavailable, match=r"not what .*vendor\.json says"):
        vendor.fetch(manifest(tmp_path, b"another"), tmp_path / "out")
    assert not (tmp_path / "out" / "made.js").exists()


def test_one_line_when_it_cannot_be_had(vendor, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(vendor.Unavailable, match="install npm") as told:
        vendor.fetch(manifest(tmp_path), tmp_path / "out")
    assert "\n" not in str(told.value)


def test_the_manifest_is_complete_and_without_addresses():
    text = (ROOT / "bot" / "console" / "vendor.json").read_text(encoding="utf-8")
    assert "://" not in text
    for entry in json.loads(text):
        assert set(entry) == {"package", "version", "licence", "from", "file", "sha256"}
        assert f"| {entry['package']} | {entry['version']} | {entry['licence']} |" in (
            ROOT / "docs" / "dependencies.md"
        ).read_text(encoding="utf-8")
