"""The channel as a whole: built from settings and services, started and stopped with the application."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientSession, DummyCookieJar, web

from bot.services import Services
from bot.services.deliveries import DeliveryService
from bot.storage.files import FileStore
from bot.wechat.api import WechatApi
from bot.wechat.config import WechatConfig
from bot.wechat.crypto import MessageCipher
from bot.wechat.events import Events
from bot.wechat.flow import Flow
from bot.wechat.guard import Guard, Nonces
from bot.wechat.outbox_sender import OutboxSender
from bot.wechat.ports import Host
from bot.wechat.speech import SpeechRecognizer
from bot.wechat.turns import Turns
from bot.wechat.webhook import PATH, Webhook

logger = logging.getLogger(__name__)

OWED_EVERY = 1.0  # seconds between two looks for replies whose worker died
TROUBLE_PAUSE = 10.0


class WechatChannel:
    """`routes` at once; the rest works inside `running`."""

    def __init__(
        self,
        config: WechatConfig,
        services: Services,
        host: Host,
        files: FileStore,
        *,
        redis: Any | None = None,
        recognizer: SpeechRecognizer | None = None,
    ) -> None:
        self._config = config
        self._services = services
        self._host = host
        self._files = files
        self._redis = redis
        self._recognizer = recognizer
        self._deliveries = DeliveryService(services.db, services.clock)
        self._webhook: Webhook | None = None

    def routes(self) -> list[web.RouteDef]:
        """The server interface. The application listens only once `running` has begun."""

        async def check(request: web.Request) -> web.Response:
            return await self._running().check(request)

        async def receive(request: web.Request) -> web.Response:
            return await self._running().receive(request)

        return [web.get(PATH, check, allow_head=False), web.post(PATH, receive)]

    def _running(self) -> Webhook:
        if self._webhook is None:
            raise web.HTTPServiceUnavailable(text="starting")
        return self._webhook

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Start the API client and the loops; stop them, the work at hand first."""
        config = self._config
        async with ClientSession(cookie_jar=DummyCookieJar()) as session:
            api = self._api(session)
            sender = OutboxSender(self._deliveries, self._services, api, notice=config.notice)
            turns = Turns(
                self._host,
                self._services,
                self._files,
                api=api,
                recognizer=self._recognizer,
                handover=config.handover,
            )
            flow = Flow(
                self._deliveries,
                self._services,
                turns,
                secret_key=config.secret_key,
                base_url=config.public_base_url,
                wake=sender.wake,
            )
            events = Events(self._services, secret_key=config.secret_key)
            cipher = self._cipher()
            guard = Guard(config.token, cipher, Nonces(self._redis))
            self._webhook = Webhook(config.token, guard, flow, events, cipher=cipher)
            loops = [
                asyncio.create_task(sender.run()),
                asyncio.create_task(_every(OWED_EVERY, flow.take_up_owed)),
            ]
            try:
                yield
            finally:
                self._webhook = None
                await flow.close()
                await events.close()
                for task in loops:
                    task.cancel()
                await asyncio.gather(*loops, return_exceptions=True)

    def _api(self, session: ClientSession) -> WechatApi | None:
        config = self._config
        if not (config.app_id and config.app_secret):
            logger.warning("no WECHAT_APP_ID and WECHAT_APP_SECRET: no pushes, no pictures, no menu")
            return None
        return WechatApi(session, config.app_id, config.app_secret, base=config.api_base, redis=self._redis)

    def _cipher(self) -> MessageCipher | None:
        config = self._config
        if not config.aes_key:
            logger.warning("no WECHAT_AES_KEY: messages are neither encrypted nor bound to their signature")
            return None
        return MessageCipher(config.app_id or "", config.aes_key, config.aes_key_previous)


async def _every(seconds: float, work: Callable[[], Awaitable[Any]]) -> None:
    """Repeat for ever; a failure is logged and waited out."""
    while True:
        pause = seconds
        try:
            await work()
        except Exception as error:
            logger.error("a loop of the channel failed: %s", type(error).__name__)
            pause = max(seconds, TROUBLE_PAUSE)
        await asyncio.sleep(pause)
