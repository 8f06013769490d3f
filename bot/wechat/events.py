"""Events that get no reply: where the phone is, who left, what the platform reports."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict

from bot.geo.distance import haversine_m
from bot.services import Services
from bot.wechat import messages
from bot.wechat.identity import pseudonym, sender_of
from bot.wechat.messages import Inbound

logger = logging.getLogger(__name__)

SILENT = (
    messages.Position,
    messages.View,
    messages.Notice,
    messages.Unsubscribe,
    messages.HandoverClosed,
)
MOVED = 50.0  # metres; the event comes every five seconds, and a rider at a red light is where they were
POSITIONS_KEPT = 20_000
STALE = 300  # seconds after which a place is written again though it is the same
ERASE_PAUSES = (0.0, 1.0, 5.0, 30.0, 120.0, 600.0)  # seconds


class Events:
    def __init__(self, services: Services, *, secret_key: str) -> None:
        self._services = services
        self._secret_key = secret_key
        self._last: OrderedDict[str, tuple[float, float, float]] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    async def handle(self, message: Inbound) -> None:
        """Act on one of the SILENT kinds. Raises what the storage raises."""
        match message:
            case messages.Position():
                await self._position(message)
            case messages.Unsubscribe():
                # the platform's rules ask for it; it must not be lost to a database that is away for a moment
                task = asyncio.create_task(self._erase(message))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            case messages.HandoverClosed():
                person = await self._services.people.find(sender_of(message.from_user))
                if person is not None:
                    await self._services.handoff.leave(person.id)

    async def _position(self, message: messages.Position) -> None:
        """The LOCATION event: WGS-84, unlike the location message."""
        now = self._services.clock.now().timestamp()
        last = self._last.get(message.from_user)
        if last and now - last[2] < STALE and haversine_m(*last[:2], message.lng, message.lat) < MOVED:
            return
        person = await self._services.people.ensure(sender_of(message.from_user))
        await self._services.people.set_place(person.id, message.lng, message.lat, "")
        self._last[message.from_user] = (message.lng, message.lat, now)
        self._last.move_to_end(message.from_user)
        if len(self._last) > POSITIONS_KEPT:
            self._last.popitem(last=False)

    async def _erase(self, message: messages.Unsubscribe) -> None:
        self._last.pop(message.from_user, None)
        who = pseudonym(self._secret_key, message.from_user)
        for pause in ERASE_PAUSES:
            await asyncio.sleep(pause)
            try:
                person = await self._services.people.find(sender_of(message.from_user))
                if person is not None:
                    await self._services.people.erase(person.id)
            except Exception as error:
                logger.error("erasing %s failed, it is tried again: %s", who, type(error).__name__)
            else:
                logger.info("erased %s, who unsubscribed", who)
                return
        logger.critical("erasing %s failed for good: do it by hand", who)

    async def close(self, patience: float = 5.0) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience)
        for task in self._tasks:
            task.cancel()
