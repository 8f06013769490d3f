"""The bot as its own process, as an operator runs it, and what it tried to reach outside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

from bot.settings import ROOT
from tests.support.processes import end, free_port, wait_until

LOCAL = ("127.", "::1", "localhost", "0.0.0.0", "/")

# run by python at its start: an audit hook cannot be taken out again, whatever a library does
_GUARD = """
import os, sys
_log = os.open({log!r}, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
def _watch(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        where = arguments[1]
    elif event == "socket.getaddrinfo":
        where = (arguments[0], arguments[1])
    else:
        return
    os.write(_log, (event + " " + repr(where) + "\\n").encode())
sys.addaudithook(_watch)
"""


class OutwardWatch:
    """Notes every address that python processes with `env` connect to or look up."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "outward.log"
        hook = folder / "guard"
        hook.mkdir()
        (hook / "sitecustomize.py").write_text(_GUARD.format(log=str(self._log)), encoding="utf-8")
        self.env = {"PYTHONPATH": f"{hook}{os.pathsep}{ROOT}"}

    @property
    def seen(self) -> list[str]:
        return self._log.read_text(encoding="utf-8").splitlines() if self._log.exists() else []

    @property
    def strangers(self) -> list[str]:
        """What was not this machine."""
        return [line for line in self.seen if not _is_local(line)]


def _is_local(line: str) -> bool:
    where = line.partition(" ")[2].lstrip("('\"b")
    return where.startswith(LOCAL) or where.startswith(("None", "\\x00"))


class BotServer:
    """`nuanxin serve` on a free loopback port; ready when made. `env` goes over this process's own.

    root: the project that serves (this one, or a copy of it); options: further words of the command line.
    """

    def __init__(self, home: Path, root: Path = ROOT, *options: str, **env: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = home / "server.log"
        self._root, self._options = root, options
        self.env = {**os.environ, "VAR_DIR": str(home), "HOST": "127.0.0.1", "PORT": str(self.port), **env}
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", "serve", *self._options],
                env=self.env,
                cwd=self._root,
                stdout=log,
                stderr=log,
            )
        wait_until(self._is_ready, "the bot", seconds=400, log=self.log)

    def stop(self, how: int = signal.SIGTERM) -> int:
        """Returns the exit code."""
        assert self._process is not None
        code = end(self._process, how)
        self._process = None
        return code

    def close(self) -> None:
        if self._process is not None:
            self.stop()

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def _is_ready(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            raise RuntimeError(f"the bot ended: {self.said()[-3000:]}")
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False
