"""The door of the server interface: who may come in, and what is in the envelope.

The plain `signature` covers no body: one logged URL could forge any message. So with an AES key set only
encrypted bodies are taken; the time must be near; and a (timestamp, nonce) pair belongs to one message: a
retry of it passes on to the inbox, another body under the same pair is refused.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from redis.exceptions import RedisError

from bot.wechat.crypto import CryptoError, MessageCipher, same, sign
from bot.wechat.xml import Malformed, read_fields

SKEW = 300  # seconds either way
NONCE_LIFE = 2 * SKEW + 60
NONCES_KEPT = 50_000  # in this process
REDIS_PAUSE = 5.0  # seconds without a try after Redis failed
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_NONCE = re.compile(r"[!-~]{1,128}")
_ECHO = re.compile(r"[A-Za-z0-9+/=_.\-]{1,256}")


class Refused(Exception):
    """The request is turned away. `reason` is a short code for the log and the metrics."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True)
class Envelope:
    """The message as XML; key: number of the AES key it came under, None when it came plain."""

    xml: str
    key: int | None


class Nonces:
    """Which message a (timestamp, nonce) pair belongs to: in Redis for all replicas, else in this process."""

    def __init__(self, redis: Any | None, now: Callable[[], float] = time.time) -> None:
        self._redis = redis
        self._now = now
        self._redis_back_at = 0.0
        self._kept: OrderedDict[str, tuple[str, float]] = OrderedDict()

    async def belongs(self, timestamp: str, nonce: str, xml: str) -> bool:
        """True for the first message of the pair and for that same message again."""
        name = hashlib.sha256(f"{timestamp}:{nonce}".encode()).hexdigest()[:32]
        digest = hashlib.sha256(xml.encode("utf-8", "replace")).hexdigest()[:32]
        if self._redis is not None and self._now() >= self._redis_back_at:
            try:
                return await self._in_redis(f"nuanxin:wechat:nonce:{name}", digest)
            except (RedisError, OSError):
                self._redis_back_at = self._now() + REDIS_PAUSE
        return self._in_process(name, digest)

    async def _in_redis(self, name: str, digest: str) -> bool:
        redis: Any = self._redis
        if await redis.set(name, digest, nx=True, ex=NONCE_LIFE):
            return True
        kept = await redis.get(name)
        return kept is None or (kept.decode() if isinstance(kept, bytes) else str(kept)) == digest

    def _in_process(self, name: str, digest: str) -> bool:
        now = self._now()
        while self._kept:
            oldest = next(iter(self._kept))
            if len(self._kept) <= NONCES_KEPT and self._kept[oldest][1] > now:
                break
            del self._kept[oldest]
        return self._kept.setdefault(name, (digest, now + NONCE_LIFE))[0] == digest


class Guard:
    def __init__(
        self,
        token: str,
        cipher: MessageCipher | None,
        nonces: Nonces,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._token = token
        self._cipher = cipher
        self._nonces = nonces
        self._now = now

    def check_url(self, query: Mapping[str, str]) -> str:
        """The echostr to give back. Refused."""
        timestamp, nonce = self._fresh(query)
        self._signed(sign(self._token, timestamp, nonce), query.get("signature", ""))
        echo = query.get("echostr", "")
        if not _ECHO.fullmatch(echo):
            raise Refused(400, "echostr")
        return echo

    def check_query(self, query: Mapping[str, str]) -> None:
        """What can be told before the body is read. Refused."""
        timestamp, nonce = self._fresh(query)
        if self._cipher is None:
            self._signed(sign(self._token, timestamp, nonce), query.get("signature", ""))
        elif not query.get("msg_signature"):
            raise Refused(403, "plain mode")

    async def open(self, body: bytes, query: Mapping[str, str]) -> Envelope:
        """The message in the body. Refused, for whatever is wrong with it."""
        timestamp, nonce = self._fresh(query)
        try:
            envelope = self._opened(body, timestamp, nonce, query)
        except Malformed as error:
            raise Refused(400, error.reason) from None
        except CryptoError as error:
            raise Refused(400, f"aes {error.reason}") from None
        if not await self._nonces.belongs(timestamp, nonce, envelope.xml):
            raise Refused(403, "replay")
        return envelope

    def _opened(self, body: bytes, timestamp: str, nonce: str, query: Mapping[str, str]) -> Envelope:
        if self._cipher is None:
            read_fields(body)  # refuses what is no message before it is remembered
            return Envelope(body.decode(), None)
        encrypted = read_fields(body).get("Encrypt", "")
        if not encrypted:
            raise Refused(400, "plain body")
        expected = sign(self._token, timestamp, nonce, encrypted)
        self._signed(expected, query.get("msg_signature", ""))
        opened = self._cipher.decrypt(encrypted)
        return Envelope(opened.text, opened.key)

    def _fresh(self, query: Mapping[str, str]) -> tuple[str, str]:
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        if not _TIMESTAMP.fullmatch(timestamp) or not _NONCE.fullmatch(nonce):
            raise Refused(400, "query")
        if abs(self._now() - int(timestamp)) > SKEW:
            raise Refused(403, "stale")
        return timestamp, nonce

    def _signed(self, expected: str, given: str) -> None:
        if not same(expected, given):
            raise Refused(403, "signature")
