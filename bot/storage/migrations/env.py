"""How Alembic runs here: on a connection handed over by `bot.storage.migrate`, in one transaction.

On PostgreSQL an advisory lock lets one replica migrate while the others wait. On SQLite a changed table is
rebuilt; with foreign keys on, dropping the old one would delete the rows that refer to it, so they are off
meanwhile and checked at the end.
"""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection
from sqlalchemy.types import TypeDecorator

import bot.storage  # noqa: F401  (all tables)
from bot.storage.base import Base

LOCK = 7_340_021  # any number, the same in every replica


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write a decorated type into a migration as what it is in the database."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def run(connection: Connection) -> None:
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render_item,
        transactional_ddl=True,
    )
    try:
        with context.begin_transaction():
            if not sqlite:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            context.run_migrations()
            if sqlite:
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if broken:
                    raise RuntimeError(f"the migration would leave rows without what they refer to: {broken[:5]}")
        connection.commit()
    finally:
        if sqlite:
            connection.rollback()
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")


run(context.config.attributes["connection"])
