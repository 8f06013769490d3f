"""Set-up on a machine that has some python3: uv, CPython 3.11, the locked packages; in `.uv/` and `.venv/`.

    python3 scripts/bootstrap.py           what running needs
    python3 scripts/bootstrap.py --tests   and what the tests need: a browser, PostgreSQL, Redis

Each step is skipped when it is done already, so a second call takes a fraction of a second. Only the standard
library is used, and nothing newer than Python 3.8. What is missing ends in one line that says what to do.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OWN_UV = ROOT / ".uv"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "nuanxin-installed"
LONG_WAIT = 20  # seconds without a word before we say that we are still at it
ROOM = 4 * 1024**3  # bytes that the packages take
UV_AT_LEAST = (0, 5)
CHROMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
APT = {"chromium": "chromium", "redis-server": "redis-server", "postgres": "postgresql"}
# how uv, pip and apt say that they could not reach a server
OFFLINE = (
    "dns error",
    "error sending request",
    "failed to fetch",
    "could not connect",
    "connection",
    "timed out",
    "temporary failure",
    "name resolution",
    "no matching distribution",
)
# run at every start of this venv's python: Rasa's own commands do not import our package first
NO_TELEMETRY = "import os; os.environ['RASA_TELEMETRY_ENABLED'] = 'false'\n"


class Missing(Exception):
    """Something cannot be had; the message says in one line what to do."""


def say(text: str) -> None:
    print(f"==> {text}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="Set up .venv (CPython 3.11, locked packages).")
    parser.add_argument("--tests", action="store_true", help="also what the tests need")
    arguments = parser.parse_args()
    try:
        with one_at_a_time():
            if not is_installed():
                install()
            fetch_scripts(needed=arguments.tests)
            if arguments.tests:
                prepare_tests()
    except Missing as missing:
        print(f"set-up: {missing}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"set-up: {error.strerror or error}: {error.filename or ROOT}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two `make` at once in one folder take turns."""
    (ROOT / "var").mkdir(exist_ok=True)
    with open(ROOT / "var" / "setup.lock", "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another set-up is at work here, waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


# -- packages ----------------------------------------------------------------------------------------------


def wanted() -> str:
    """What the venv was made from: the lock, and how our own package is installed."""
    digest = hashlib.sha256(LOCK.read_bytes())
    digest.update(Path(__file__).read_bytes())
    digest.update(str(ROOT).encode())
    return digest.hexdigest()


def is_installed() -> bool:
    return STAMP.is_file() and STAMP.read_text() == wanted() and python_version(PYTHON) == (3, 11)


def install() -> None:
    started = time.monotonic()
    uv = find_uv() or install_uv()
    if python_version(PYTHON) != (3, 11):
        make_venv(uv)
    count = len(re.findall(r"^[^\s#][^=\n]*==", LOCK.read_text(), re.MULTILINE))
    say(f"packages: {count} from requirements.lock (the first time this takes a few minutes)")
    if not any(VENV.glob("lib/*/site-packages/rasa")) and shutil.disk_usage(ROOT).free < ROOM:
        raise Missing(f"not enough room: free {ROOM // 1024**3} GB at {ROOT}")
    run(
        [uv, "pip", "sync", "--python", PYTHON, "--require-hashes", LOCK],
        "packages",
    )
    run(
        [uv, "pip", "install", "--python", PYTHON, "--no-deps", "--no-build-isolation", "-e", ROOT],
        "our package",
    )
    site_packages = next(VENV.glob("lib/python3.11/site-packages"))
    (site_packages / "nuanxin_no_telemetry.pth").write_text(NO_TELEMETRY)
    STAMP.write_text(wanted())
    say(f"packages: installed in {time.monotonic() - started:.0f} s")


def find_uv() -> str | None:
    for candidate in (shutil.which("uv"), str(OWN_UV / "bin" / "uv")):
        if candidate and uv_version(candidate) >= UV_AT_LEAST:
            say(f"uv: {candidate}")
            return candidate
    return None


def uv_version(uv: str) -> tuple[int, ...]:
    try:
        said = subprocess.run([uv, "--version"], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    found = re.search(r"(\d+)\.(\d+)", said.stdout)
    return (int(found[1]), int(found[2])) if found else ()


def install_uv() -> str:
    say("uv: installing it into .uv/")
    shutil.rmtree(OWN_UV, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", OWN_UV], capture_output=True, text=True)
    if made.returncode:
        raise Missing("python3 cannot make a venv: install uv, or its venv module (apt-get install python3-venv)")
    run([OWN_UV / "bin" / "python", "-m", "pip", "install", "--quiet", "uv>=0.5"], "uv")
    return str(OWN_UV / "bin" / "uv")


def make_venv(uv: str) -> None:
    found = find_python(uv)
    if found is None:
        say("Python 3.11: fetching it with uv")
        try:
            run([uv, "python", "install", "3.11"], "Python 3.11")
        except Missing:
            raise Missing(
                "no Python 3.11, and it cannot be fetched: install it (Debian 12: apt-get install python3; "
                "else pyenv install 3.11) and run this again"
            ) from None
        found = "3.11"
    say(f"Python 3.11: {found}")
    shutil.rmtree(VENV, ignore_errors=True)
    run([uv, "venv", "--quiet", "--python", found, VENV], "the virtual environment")


def find_python(uv: str) -> str | None:
    """A CPython 3.11 that is here already: uv's own or one on the path, pyenv's, the one that runs this."""
    known = subprocess.run(
        [uv, "python", "find", "--no-python-downloads", "--no-project", "3.11"],
        capture_output=True,
        text=True,
        cwd="/",
    )
    candidates = [known.stdout.strip()] if known.returncode == 0 else []
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    candidates += [str(path) for path in sorted(pyenv.glob("versions/3.11*/bin/python3.11"), reverse=True)]
    candidates += [sys.executable, shutil.which("python3.11") or ""]
    return next((path for path in candidates if path and python_version(Path(path)) == (3, 11)), None)


def python_version(python: Path) -> tuple[int, ...] | None:
    """(major, minor) of a CPython that starts and has what we need, else None."""
    check = "import sys, sqlite3, ssl, bz2, lzma, ctypes; print(sys.implementation.name, *sys.version_info[:2])"
    try:
        said = subprocess.run([str(python), "-I", "-c", check], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    name, _, version = said.stdout.partition(" ")
    return tuple(int(part) for part in version.split()) if said.returncode == 0 and name == "cpython" else None


def fetch_scripts(needed: bool) -> None:
    """What the console's pages load that is not ours; without it they answer, but do not move by themselves."""
    manifest = ROOT / "bot" / "console" / "vendor.json"
    if not manifest.is_file():
        return
    from vendor import Unavailable, fetch, missing

    folder = manifest.parent / "static" / "vendor"
    if not missing(manifest, folder):
        return
    try:
        for name in fetch(manifest, folder, find_uv()):
            say(f"console: {name}")
    except Unavailable as problem:
        if needed:
            raise Missing(str(problem)) from None
        say(f"console: {problem}")


# -- what tests need ---------------------------------------------------------------------------------------


def prepare_tests() -> None:
    """A browser must be there; for PostgreSQL and Redis the locked wheels step in."""
    missing = [name for name in APT if not is_there(name)]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        apt_install([APT[name] for name in missing])
    if not is_there("chromium"):
        fetch_browser()
    say(f"browser: {find_chrome() or 'Playwright’s own'}")
    say("PostgreSQL: " + ("the system's" if is_there("postgres") else "from the locked wheel"))
    say("Redis: " + ("the system's" if is_there("redis-server") else "from the locked wheel"))


def is_there(name: str) -> bool:
    if name == "chromium":
        return find_chrome() is not None or bool(playwright_browser())
    if name == "postgres":
        return shutil.which(name) is not None or any(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return shutil.which(name) is not None


def find_chrome() -> str | None:
    return next((path for path in map(shutil.which, CHROMES) if path), None)


def playwright_browser() -> Path | None:
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    return next(cache.glob("chromium*/*/*chrome*"), None)


def apt_install(packages: list[str]) -> None:
    packages = [*packages, "fonts-noto-cjk"] if "chromium" in packages else packages
    say(f"system packages: {' '.join(packages)}")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    options = ["-y", "-qq", "-o", "Dpkg::Use-Pty=0", "--no-install-recommends"]
    try:
        run(["apt-get", "update", "-qq"], "the package lists", env=env)
        run(["apt-get", "install", *options, *packages], "system packages", env=env)
    except Missing as missing:
        say(f"system packages: {missing}; going on with the locked wheels")


def fetch_browser() -> None:
    say("browser: fetching one with Playwright")
    try:
        run([PYTHON, "-m", "playwright", "install", "chromium"], "the browser")
    except Missing:
        raise Missing("no Chromium for the tests: install it (Debian: apt-get install chromium)") from None


# -- running programs --------------------------------------------------------------------------------------


def run(command: list[object], what: str, env: dict[str, str] | None = None) -> None:
    """Run a step and show that it is alive; Missing, in one line, when it fails."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=ROOT,
            env=env or with_index(),
            stdout=errors,
            stderr=subprocess.STDOUT,
        )
        started = time.monotonic()
        while True:
            try:
                code = process.wait(LONG_WAIT)
                break
            except subprocess.TimeoutExpired:
                print(f"    … {what}, {time.monotonic() - started:.0f} s", flush=True)
            except KeyboardInterrupt:
                process.terminate()
                process.wait()
                raise
        if code:
            errors.seek(0)
            raise Missing(explain(what, errors.read().decode(errors="replace")))


def explain(what: str, output: str) -> str:
    """The one line for a failed step, from what the program said."""
    lowered = output.lower()
    if "no space left" in lowered or "disk quota" in lowered:
        return f"the disk is full: free {ROOM // 1024**3} GB at {ROOT} and run this again"
    if any(sign in lowered for sign in OFFLINE):
        mend = "check the connection (or set a mirror in pip.conf) and run this again"
        return f"{what}: the network did not answer; {mend}"
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return f"{what}: {lines[-1] if lines else 'failed'}"


def with_index() -> dict[str, str]:
    """uv does not read pip's configuration; a mirror set there is meant for both."""
    env = dict(os.environ)
    if any(name in env for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX")):
        return env
    mirror = env.get("PIP_INDEX_URL", "")
    for python in (sys.executable, str(OWN_UV / "bin" / "python")):
        if not mirror and Path(python).exists():
            question = [python, "-m", "pip", "config", "get", "global.index-url"]
            answer = subprocess.run(question, capture_output=True, text=True)
            mirror = answer.stdout.strip() if answer.returncode == 0 else ""
    if mirror:
        env["UV_DEFAULT_INDEX"] = mirror
    return env


if __name__ == "__main__":
    sys.exit(main())
