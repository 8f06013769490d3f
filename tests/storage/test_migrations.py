"""Migrations lead to the schema of the models, and every one can be taken back, on both databases."""

import asyncio
import os
import pkgutil
import sys

import pytest
import pytest_asyncio
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

import bot.storage
from bot.storage import migrate
from bot.storage.base import Base, Database

VERSION_TABLE = "alembic_version"
EMPTY = "nuanxin_migrations"


@pytest_asyncio.fixture(params=["sqlite", "postgres"])
async def empty(request, tmp_path):
    """A database without any table."""
    if request.param == "sqlite":
        database = Database(f"sqlite+aiosqlite:///{tmp_path}/empty.db")
    else:
        server = request.getfixturevalue("postgres")
        server.drop(EMPTY)
        server.create(EMPTY)
        database = Database(server.url(EMPTY))
    yield database
    await database.close()


def described(connection: Connection):
    """All that a schema promises, by table."""
    found = inspect(connection)
    schema = {}
    for table in found.get_table_names():
        if table == VERSION_TABLE:
            continue
        columns = {
            column["name"]: (str(column["type"]), column["nullable"], column.get("default"))
            for column in found.get_columns(table)
        }
        foreign = {
            key["name"]: (key["constrained_columns"], key["referred_table"], key["options"])
            for key in found.get_foreign_keys(table)
        }
        schema[table] = {
            "columns": columns,
            "order": list(columns),
            "primary": found.get_pk_constraint(table),
            "foreign": foreign,
            "unique": {key["name"]: key["column_names"] for key in found.get_unique_constraints(table)},
            "checks": {check["name"]: check["sqltext"] for check in found.get_check_constraints(table)},
            "indexes": {
                index["name"]: (
                    index["column_names"],
                    index["unique"],
                    dict(index.get("dialect_options") or {}),
                )
                for index in found.get_indexes(table)
            },
        }
    return schema


async def schema_of(database: Database):
    async with database.engine.connect() as connection:
        return await connection.run_sync(described)


async def test_migrations_and_models_agree(empty):
    async with empty.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    modelled = await schema_of(empty)
    async with empty.engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
    await migrate.upgrade(empty)
    migrated = await schema_of(empty)
    assert set(migrated) == set(modelled) == set(Base.metadata.tables)
    for table, wanted in modelled.items():
        assert migrated[table] == wanted, f"run: nuanxin db revision MESSAGE ({table})"


async def test_the_stairway(empty):
    script = ScriptDirectory(str(migrate.FOLDER))
    steps = [revision.revision for revision in reversed(list(script.walk_revisions()))]
    assert steps
    before = await schema_of(empty)
    for step in steps:
        await migrate.upgrade(empty, step)
        after = await schema_of(empty)
        await migrate.downgrade(empty, "-1")
        assert await schema_of(empty) == before, f"{step} cannot be taken back"
        await migrate.upgrade(empty, step)
        assert await schema_of(empty) == after, f"{step} does not come back the same"
        before = after
    assert await migrate.current(empty) == steps[-1] == migrate.head()


async def test_an_upgrade_may_be_run_again_and_by_several_replicas_at_once(empty, tmp_path):
    env = {**os.environ, "DATABASE_URL": empty.url, "VAR_DIR": str(tmp_path), "SECRET_KEY": "0" * 32}
    command = [sys.executable, "-m", "bot", "db", "upgrade"]
    replicas = [await asyncio.create_subprocess_exec(*command, env=env) for _ in range(3)]
    assert [await replica.wait() for replica in replicas] == [0, 0, 0]
    assert await migrate.current(empty) == migrate.head()
    await migrate.upgrade(empty)
    assert await migrate.current(empty) == migrate.head()


async def test_a_failed_migration_leaves_nothing_behind(empty, monkeypatch):
    async with empty.engine.begin() as connection:
        await connection.execute(text("CREATE TABLE women_spaces (id INTEGER)"))
        await connection.execute(text("CREATE TABLE people (id INTEGER)"))
    before = await schema_of(empty)
    with pytest.raises(Exception, match="already exists"):
        await migrate.upgrade(empty)
    assert await schema_of(empty) == before
    assert await migrate.current(empty) is None


async def test_foreign_keys_are_on_again_after_a_migration(tmp_path):
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/keys.db")
    await migrate.upgrade(database)
    async with database.read() as session:
        assert await session.scalar(text("PRAGMA foreign_keys")) == 1
    await database.close()


def test_every_module_with_tables_is_known():
    modules = {module.name for module in pkgutil.iter_modules(bot.storage.__path__) if not module.ispkg}
    missing = [name for name in sorted(modules) if f"bot.storage.{name}" not in sys.modules]
    assert missing == [], "add them to bot/storage/__init__.py"
