"""One message of a sender at a time, in the order of arrival, in this process and across replicas."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

LEASE_SECONDS = 12  # longer than any turn; a killed replica blocks a sender no longer than this
_RELEASE = "if redis.call('get',KEYS[1])==ARGV[1] then return redis.call('del',KEYS[1]) else return 0 end"


class SenderLocks:
    """An asyncio lock per sender; with Redis also a lease, so that two replicas do not work on one sender.

    Without Redis, or while it is down, order holds within this process; effects stay exactly-once either way
    (that is the inbox's and the unique keys' job).
    """

    def __init__(self, redis: Any | None = None) -> None:
        self._redis = redis
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def hold(self, sender: str) -> AsyncIterator[None]:
        lock, users = self._locks.get(sender, (asyncio.Lock(), 0))
        self._locks[sender] = (lock, users + 1)
        try:
            async with lock:
                token = await self._lease(sender)
                try:
                    yield
                finally:
                    if token:
                        await self._release(sender, token)
        finally:
            lock, users = self._locks[sender]
            if users == 1:
                del self._locks[sender]
            else:
                self._locks[sender] = (lock, users - 1)

    async def _lease(self, sender: str) -> str | None:
        if self._redis is None:
            return None
        from redis.exceptions import RedisError

        token = secrets.token_hex(8)
        waited = 0.0
        try:
            while not await self._redis.set(f"nuanxin:turn:{sender}", token, nx=True, ex=LEASE_SECONDS):
                if waited >= LEASE_SECONDS:
                    return None
                await asyncio.sleep(0.02)
                waited += 0.02
        except (RedisError, OSError):
            return None
        return token

    async def _release(self, sender: str, token: str) -> None:
        from redis.exceptions import RedisError

        try:
            await self._redis.eval(_RELEASE, 1, f"nuanxin:turn:{sender}", token)  # type: ignore[union-attr]
        except (RedisError, OSError):
            return  # the lease runs out by itself
