"""Bringing a database to the schema that this program expects."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.storage.base import Database

FOLDER = Path(__file__).resolve().parent / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config(stdout=io.StringIO())
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def head() -> str | None:
    """The newest revision this program brings."""
    return ScriptDirectory.from_config(_config()).get_current_head()


async def current(db: Database) -> str | None:
    """The revision the database is at, None when it is empty."""
    async with db.engine.connect() as connection:
        return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())


async def upgrade(db: Database, revision: str = "head") -> None:
    """Run what is missing, in one transaction; nothing happens when the database is up to date."""
    await _run(db, lambda config: command.upgrade(config, revision))


async def downgrade(db: Database, revision: str) -> None:
    """Back to a revision (`base`: to no tables at all). Data of what is dropped is lost."""
    await _run(db, lambda config: command.downgrade(config, revision))


async def write_revision(db: Database, message: str) -> Path:
    """A new migration from the difference between a database at the newest revision and the models."""
    number = f"{len(list(ScriptDirectory.from_config(_config()).walk_revisions())) + 1:04d}"
    made: list[str] = []

    def revise(config: Config) -> None:
        script = command.revision(config, message, autogenerate=True, rev_id=number)
        made.extend([item.path for item in (script if isinstance(script, list) else [script]) if item])

    await _run(db, revise)
    path = Path(made[0])
    _without_notes(path)
    return path


def _without_notes(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "# ### " not in line), encoding="utf-8")


async def _run(db: Database, work: Callable[[Config], None]) -> None:
    async with db.engine.connect() as connection:
        await connection.run_sync(lambda sync: work(_config(sync)))
