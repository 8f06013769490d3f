"""`GET/POST /wechat`: the server interface of the Official Account.

Nothing that arrives here ends in a 5xx: what is forged, stale or malformed is a 4xx with one line of log that
holds nothing of it; what is genuine gets a reply, and an honest one when something is broken.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time

from aiohttp import web

from bot.wechat.crypto import MessageCipher, seal
from bot.wechat.events import SILENT, Events
from bot.wechat.flow import SILENCE, Flow
from bot.wechat.guard import Envelope, Guard, Refused
from bot.wechat.messages import Inbound, parse
from bot.wechat.metrics import MESSAGES, REFUSED
from bot.wechat.xml import MAX_BODY, Malformed

logger = logging.getLogger(__name__)

PATH = "/wechat"
READ_SECONDS = 3.0
OK = "success"  # the platform neither retries nor shows anything


class Webhook:
    def __init__(
        self, token: str, guard: Guard, flow: Flow, events: Events, *, cipher: MessageCipher | None = None
    ) -> None:
        self._token = token
        self._guard = guard
        self._flow = flow
        self._events = events
        self._cipher = cipher

    async def check(self, request: web.Request) -> web.Response:
        """The URL check that the platform makes when the address is entered there."""
        try:
            return _plain(self._guard.check_url(request.query))
        except Refused as refused:
            return _refuse(refused)

    async def receive(self, request: web.Request) -> web.Response:
        arrived = asyncio.get_running_loop().time()
        try:
            self._guard.check_query(request.query)
            envelope = await self._guard.open(await _body(request), request.query)
            message = parse(envelope.xml)
        except Refused as refused:
            return _refuse(refused)
        except Malformed as error:
            return _refuse(Refused(400, error.reason))
        except (ConnectionError, web.RequestPayloadError) as error:
            return _refuse(Refused(400, type(error).__name__))
        if isinstance(message, SILENT):
            await self._take_note(message)
            return _plain(OK)
        return self._answer(await self._flow.reply_to(message, arrived), envelope)

    async def _take_note(self, message: Inbound) -> None:
        outcome = "silent"
        try:
            async with asyncio.timeout(READ_SECONDS):
                await self._events.handle(message)
        except Exception as error:
            # these events repeat by themselves or do not matter; the platform must not show an error for them
            outcome = "failed"
            logger.error("a %s event was lost: %s", type(message).__name__, type(error).__name__)
        MESSAGES.labels(type(message).__name__, outcome).inc()

    def _answer(self, reply: str, envelope: Envelope) -> web.Response:
        if reply == SILENCE:
            return _plain(OK)
        if self._cipher is not None and envelope.key is not None:
            timestamp, nonce = str(int(time.time())), str(secrets.randbelow(10**10))
            reply = seal(self._cipher, self._token, reply, timestamp=timestamp, nonce=nonce, key=envelope.key)
        return web.Response(text=reply, content_type="text/xml", charset="utf-8")


async def _body(request: web.Request) -> bytes:
    """The body, not more of it and not longer than a message takes. Refused."""
    if (request.content_length or 0) > MAX_BODY:
        raise Refused(413, "too large")
    data = bytearray()
    try:
        async with asyncio.timeout(READ_SECONDS):
            async for chunk in request.content.iter_any():
                data += chunk
                if len(data) > MAX_BODY:
                    raise Refused(413, "too large")
    except TimeoutError:
        raise Refused(408, "slow body") from None
    return bytes(data)


def _refuse(refused: Refused) -> web.Response:
    REFUSED.labels(refused.reason.split(" ")[0]).inc()
    logger.warning("a request to %s was refused: %s", PATH, refused.reason)
    response = web.Response(status=refused.status, text="refused")
    if refused.status in (408, 413):
        response.force_close()
    return response


def _plain(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/plain", headers={"X-Content-Type-Options": "nosniff"})
