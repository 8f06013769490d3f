"""The fixtures themselves: what others rely on."""

import asyncio
import shutil
import signal

import pytest
import redis.asyncio
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from bot.storage.base import Database
from bot.storage.reference import DataVersion
from bot.storage.stations import Station
from tests.conftest import NOW
from tests.support.postgres import PostgresServer
from tests.support.redis import RedisServer


@pytest.mark.parametrize("turn", [1, 2])
async def test_each_test_finds_an_empty_database(db, turn):
    async with db.write() as session:
        session.add(DataVersion(kind="stations", version=turn, changed_at=NOW))
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(DataVersion)) == 1


@pytest.mark.parametrize("turn", [1, 2])
async def test_each_test_finds_all_demo_data(reference_db, turn):
    async with reference_db.write() as session:
        assert await session.scalar(select(func.count()).select_from(Station)) >= 1100
        await session.execute(text("DELETE FROM station_services"))
        await session.execute(text("DELETE FROM stations"))


async def test_both_databases_are_real(services, database_url):
    async with services.db.read() as session:
        question = "SELECT sqlite_version()" if "sqlite" in database_url else "SHOW server_version"
        assert await session.scalar(text(question))


@pytest.fixture
def no_system_servers(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr("tests.support.postgres.SYSTEM", "nowhere/*/bin")


@pytest.mark.usefixtures("no_system_servers")
async def test_postgres_from_the_wheel_survives_a_crash():
    server = PostgresServer(durable=True)
    try:
        database = Database(server.url("postgres"))
        async with database.engine.begin() as connection:
            await connection.execute(text("CREATE TABLE kept AS SELECT 7 AS number"))
        server.stop(signal.SIGQUIT)
        with pytest.raises((DBAPIError, OSError)):
            async with database.read() as session:
                await session.scalar(text("SELECT 1"))
        server.start()
        async with database.read() as session:
            assert await session.scalar(text("SELECT number FROM kept")) == 7
        await database.close()
    finally:
        server.close()
    assert not server.home.exists()


@pytest.mark.usefixtures("no_system_servers")
async def test_redis_from_the_wheel_can_be_stopped_suspended_and_wiped():
    server = RedisServer()
    try:
        client = redis.asyncio.from_url(server.url, socket_timeout=0.3)
        assert await client.set("key", "value")
        server.suspend()
        with pytest.raises(redis.exceptions.TimeoutError):
            await client.get("key")
        server.resume()
        assert await client.get("key") == b"value"
        server.wipe()
        assert await client.get("key") is None
        server.stop()
        with pytest.raises(redis.exceptions.ConnectionError):
            await client.get("key")
        server.start()
        assert await client.set("key", "again")
        await client.aclose()
    finally:
        server.close()


async def test_the_shared_redis_is_empty_at_first(redis_url):
    client = redis.asyncio.from_url(redis_url)
    assert await client.dbsize() == 0
    await asyncio.gather(*(client.incr("n") for _ in range(10)))
    assert await client.get("n") == b"10"
    await client.aclose()
