"""Pushes what is in the outbox: by the chat while the platform allows it, else as a notice, else it waits.

At least once: a row is marked after the platform took it; a crash in between sends it again. The windows (5
in 48 hours after a message, 3 in a minute after a click, a follow or a scan) are taken before the call, so no
replica can overrun them. What can never arrive is a dead letter, seen in /metrics and by `nuanxin doctor`.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

from bot.services import Services
from bot.services.clock import SHANGHAI
from bot.services.deliveries import DeliveryService
from bot.storage.outbox import OutboxMessage
from bot.wechat.api import ApiError, Remedy, WechatApi
from bot.wechat.metrics import OUTBOX, PUSHED
from bot.wechat.notices import NoticeTemplate, send_notice
from bot.wechat.render import Choice, TextReply, Turn, plain, render
from bot.wechat.saved import save_reply

logger = logging.getLogger(__name__)

BATCH = 20
IDLE_SECONDS = 2.0  # between two looks when nothing wakes the sender
TROUBLE_SECONDS = 15.0  # after the database was away
NO_PERMISSION = 48001
PERMISSION_LIFE = timedelta(hours=1)  # how long a 48001 is believed: an account may be verified meanwhile
COUNT_EVERY = 15.0  # seconds


class OutboxSender:
    def __init__(
        self,
        deliveries: DeliveryService,
        services: Services,
        api: WechatApi | None,
        *,
        notice: NoticeTemplate | None = None,
    ) -> None:
        self._deliveries = deliveries
        self._services = services
        self._api = api
        self._notice = notice
        self._refused_until: datetime | None = None
        self._awake = asyncio.Event()

    def wake(self) -> None:
        """Something was put into the outbox."""
        self._awake.set()

    async def run(self) -> None:
        """Drain for ever."""
        counted = 0.0
        loop = asyncio.get_running_loop()
        while True:
            pause = IDLE_SECONDS
            try:
                if await self.drain() == BATCH:
                    pause = 0.0
                if loop.time() - counted > COUNT_EVERY:
                    await self.count()
                    counted = loop.time()
            except Exception as error:
                logger.error("the outbox could not be drained: %s", type(error).__name__)
                pause = TROUBLE_SECONDS
            if pause:
                try:
                    async with asyncio.timeout(pause):
                        await self._awake.wait()
                except TimeoutError:
                    pass
            self._awake.clear()

    async def drain(self) -> int:
        """Push what is due; how many rows were taken."""
        rows = await self._services.outbox.claim(BATCH)
        for row in rows:
            outcome = await self._push(row)
            PUSHED.labels(outcome).inc()
        return len(rows)

    async def count(self) -> None:
        """Put the rows per state into the metrics."""
        counts = await self._services.outbox.counts()
        for state in ("waiting", "sending", "failed", "kept", "dead"):
            OUTBOX.labels(state).set(counts.get(state, 0))

    async def _push(self, row: OutboxMessage) -> str:
        recipient = await self._deliveries.recipient(row.person_id)
        if recipient is None:
            await self._deliveries.bury(row.id, "erased")
            return "dead"
        channel, openid = recipient
        if channel != "wx" or self._api is None:
            return await self._keep(row, "nothing to push with")
        try:
            if self._may_write() and await self._deliveries.reserve_push(row.person_id):
                await self._send(self._api, openid, row)
                await self._services.outbox.mark_sent(row.id)
                return "sent"
        except ApiError as error:
            if error.code == NO_PERMISSION:
                self._refused_until = self._services.clock.now() + PERMISSION_LIFE
            if error.remedy is not Remedy.KEEP:
                return await self._failed(row, error)
        return await self._notify(self._api, openid, row)

    async def _notify(self, api: WechatApi, openid: str, row: OutboxMessage) -> str:
        """The chat is closed to us: a notice if the operator has set one, else the next message."""
        if self._notice is None:
            return await self._keep(row, "window closed or not permitted")
        try:
            await send_notice(api, self._notice, openid, row.text, self._services.clock.now(), key=row.key)
        except ApiError as error:
            if error.remedy in (Remedy.LATER, Remedy.TOMORROW):
                return await self._failed(row, error)
            if error.remedy is Remedy.OPERATOR:
                logger.error("notices fail: %s", error)
            if error.remedy is Remedy.GONE:
                return await self._failed(row, error)
        # the notice is one short line: the whole text is still shown with the next reply
        return await self._keep(row, "notified")

    async def _send(self, api: WechatApi, openid: str, row: OutboxMessage) -> None:
        choices = tuple(Choice(str(title), str(n)) for n, (title, _) in enumerate(row.buttons or (), start=1))
        turn = Turn(plain(row.text), (), choices)
        first, *rest = [reply for reply in render(turn) if isinstance(reply, TextReply)]
        if choices and not rest:
            await api.send_menu(openid, turn.text, [(choice.id, choice.title) for choice in choices])
            return
        await api.send_text(openid, first.content)
        if rest:
            await self._deliveries.set_pages(row.person_id, [save_reply(page) for page in rest])

    async def _keep(self, row: OutboxMessage, reason: str) -> str:
        await self._services.outbox.keep(row.id, reason)
        return "kept"

    async def _failed(self, row: OutboxMessage, error: ApiError) -> str:
        if error.remedy in (Remedy.GONE, Remedy.DROP):
            await self._deliveries.bury(row.id, str(error))
            return "dead"
        if error.remedy is Remedy.OPERATOR:
            logger.error("pushing fails until a setting is mended: %s", error)
        retry_at = _after_midnight(self._services.clock.now()) if error.remedy is Remedy.TOMORROW else None
        await self._services.outbox.mark_failed(row.id, str(error), retry_at=retry_at)
        return "failed"

    def _may_write(self) -> bool:
        return self._refused_until is None or self._services.clock.now() >= self._refused_until


def _after_midnight(now: datetime) -> datetime:
    """The platform's daily quotas start anew at 00:00 Beijing time; a little later, not to be the first."""
    tomorrow = now.astimezone(SHANGHAI) + timedelta(days=1)
    return tomorrow.replace(hour=0, minute=10, second=0, microsecond=0)
