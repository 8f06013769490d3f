"""What the servers of the tests have in common: a free port, a place, a user to run as, waiting, killing."""

from __future__ import annotations

import contextlib
import os
import pwd
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def unprivileged_user() -> str | None:
    """Whom to become when root (PostgreSQL refuses to run as root); None when we are not root anyway."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise RuntimeError("root, and neither a postgres nor a nobody user to run PostgreSQL as")


def wait_until(ready: Callable[[], bool], what: str, seconds: float = 60, log: Path | None = None) -> None:
    """Poll `ready`; RuntimeError with the end of `log` when it does not come true in time."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            tail = log.read_text(encoding="utf-8", errors="replace")[-3000:] if log and log.exists() else ""
            raise RuntimeError(f"{what} was not ready within {seconds:g} s\n{tail}")
        time.sleep(0.03)


def accepts(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def end(process: subprocess.Popen[bytes], how: int = signal.SIGTERM, seconds: float = 20) -> int:
    """Signal one of our own processes and wait for it, at the latest with SIGKILL. Returns its exit code."""
    if process.poll() is None:
        process.send_signal(how)
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait(seconds)
