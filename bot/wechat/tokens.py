"""The access token: one for all replicas, fetched by one of them at a time.

Source: developers.weixin.qq.com, "获取稳定版接口调用凭据". `stable_token` without force gives every caller
the same token until it runs out; with force it makes a new one, which is allowed only a few times a day.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from redis.exceptions import RedisError

EARLY = 300  # seconds before its end at which a token is renewed
LEASE = 10  # seconds one replica may take to fetch
QUIET = 5  # seconds without a new attempt after a failed fetch
_POLL = 0.05
_RELEASE = "if redis.call('get',KEYS[1])==ARGV[1] then return redis.call('del',KEYS[1]) else return 0 end"


@dataclass(frozen=True)
class Token:
    """`ends` in epoch seconds."""

    value: str
    ends: float

    def good(self, now: float, rejected: str | None) -> bool:
        return now < self.ends and self.value != rejected


Fetch = Callable[[bool], Awaitable[tuple[str, int]]]
"""Ask the platform for a token: (force) → (token, seconds it lives)."""


class TokenKeeper:
    """Gives out the current token. With Redis the token and the right to fetch it are shared."""

    def __init__(
        self, fetch: Fetch, app_id: str, *, redis: Any | None = None, now: Callable[[], float] = time.time
    ) -> None:
        self._fetch = fetch
        self._redis = redis
        self._now = now
        self._key = f"nuanxin:wechat:token:{app_id}"
        self._lock = asyncio.Lock()
        self._token: Token | None = None
        self._failed: tuple[float, Exception] | None = None

    async def get(self, *, rejected: str | None = None) -> str:
        """A token; another one than `rejected`, which the platform has just refused.

        Raises what the fetch raises; for QUIET seconds after a failure the same error comes back at once.
        """
        if self._token and self._token.good(self._now(), rejected):
            return self._token.value
        async with self._lock:
            if not (self._token and self._token.good(self._now(), rejected)):
                self._token = await self._renewed(rejected)
            return self._token.value

    async def _renewed(self, rejected: str | None) -> Token:
        if self._failed and self._now() - self._failed[0] < QUIET:
            raise self._failed[1]
        try:
            token = await self._shared_or_new(rejected)
        except Exception as error:
            self._failed = (self._now(), error)
            raise
        self._failed = None
        return token

    async def _shared_or_new(self, rejected: str | None) -> Token:
        if self._redis is None:
            return await self._new(rejected)
        owner = secrets.token_hex(8)
        waited = 0.0
        try:
            while True:
                shared = await self._shared()
                if shared and shared.good(self._now(), rejected):
                    return shared
                if await self._redis.set(f"{self._key}:lease", owner, nx=True, ex=LEASE):
                    break
                if waited >= LEASE:
                    return await self._new(rejected)
                await asyncio.sleep(_POLL)
                waited += _POLL
        except (RedisError, OSError):
            return await self._new(rejected)
        try:
            shared = await self._read_quietly()  # the one before us may have just put it there
            if shared and shared.good(self._now(), rejected):
                return shared
            token = await self._new(rejected)
            await self._share(token)
            return token
        finally:
            await self._release(owner)

    async def _new(self, rejected: str | None) -> Token:
        value, seconds = await self._fetch(False)
        if value == rejected:
            value, seconds = await self._fetch(True)
        return Token(value, self._now() + max(seconds - EARLY, 1))

    async def _shared(self) -> Token | None:
        if self._redis is None:
            return None
        raw = await self._redis.get(self._key)
        if raw is None:
            return None
        try:
            stored = json.loads(raw)
            return Token(str(stored["value"]), float(stored["ends"]))
        except (ValueError, KeyError, TypeError):
            return None

    async def _read_quietly(self) -> Token | None:
        try:
            return await self._shared()
        except (RedisError, OSError):
            return None

    async def _share(self, token: Token) -> None:
        if self._redis is None:
            return
        life = max(int(token.ends - self._now()), 1)
        try:
            await self._redis.set(self._key, json.dumps({"value": token.value, "ends": token.ends}), ex=life)
        except (RedisError, OSError):
            return  # the other replicas will ask the platform, which gives them the same token

    async def _release(self, owner: str) -> None:
        if self._redis is None:
            return
        try:
            await self._redis.eval(_RELEASE, 1, f"{self._key}:lease", owner)
        except (RedisError, OSError):
            return  # the lease runs out by itself
