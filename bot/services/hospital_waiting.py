"""The waiting list of a hospital channel: who comes next is offered a place and has ten minutes to take it.

Whom only a telephone reaches is rung up by staff: they are offered a place while the desk is open long enough, and
keep their turn until then.

All methods that take a session run inside the caller's transaction, under the lock on the channel's row.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import OfficeHours
from bot.services import notices, outbox
from bot.services.clock import SHANGHAI, Clock
from bot.services.errors import Invalid, NotFound, WrongState
from bot.services.hospital_places import (
    Window,
    free_place,
    free_quota,
    free_slots,
    get_channel,
    open_slots,
    refuse_second,
    take_place,
    take_quota,
)
from bot.services.people import HOTLINE
from bot.storage.base import Database
from bot.storage.hospital import HospitalChannel, HospitalSlot, HospitalWaiting
from bot.storage.people import Person

OFFER_LIFE = timedelta(minutes=10)
CALL_LIFE = timedelta(minutes=30)  # for people whom staff has to ring up
LEAD = timedelta(hours=1)  # a place that begins sooner is not offered: nobody would get there in time


class HospitalWaitingList:
    """First come, first offered, among those whose days fit."""

    def __init__(self, db: Database, clock: Clock, office: OfficeHours | None = None) -> None:
        self._db = db
        self._clock = clock
        self._office = office or OfficeHours()

    async def join(
        self,
        person_id: str,
        channel: str,
        phone: str | None,
        window: Window | None = None,
        key: str | None = None,
    ) -> HospitalWaiting:
        """Wait for a place (on the days and in the hours of `window`). Joining again changes these and the phone, not
        the turn."""
        now = self._clock.now()
        suits = window or Window()
        async with self._db.write() as session:
            row = await get_channel(session, channel, lock=True)
            await open_slots(session, row, now)
            waiting = await self._of(session, person_id, channel)
            if waiting is None:
                waiting = _new(person_id, channel, key, now)
                session.add(waiting)
            waiting.phone, waiting.changed_at = phone, now
            waiting.first_day, waiting.last_day = suits.first_day, suits.last_day
            waiting.from_time, waiting.to_time = _bound(suits.start, time(0)), _bound(suits.end, time.max)
            await session.flush()
            await self.offer_free(session, row, now)
        return waiting

    async def leave(self, person_id: str, channel: str | None = None) -> int:
        """Stop waiting; a place held for the person goes to the next. Returns how many lists were left."""
        now = self._clock.now()
        left = 0
        for waiting in await self.of(person_id):
            if channel is not None and waiting.channel != channel:
                continue
            async with self._db.write() as session:
                row = await get_channel(session, waiting.channel, lock=True)
                fresh = await session.get_one(HospitalWaiting, waiting.id, populate_existing=True)
                if fresh.status in ("waiting", "offered"):
                    await self._end(session, row, fresh, "left", now)
                    await self.offer_free(session, row, now)
                    left += 1
        return left

    async def rejoin(self, waiting_id: int) -> HospitalWaiting:
        """Whose offer lapsed waits again for the same days, behind all who wait; a place that is free is offered at
        once. Twice is once, also when they joined again by themselves.

        NotFound; WrongState when no offer lapsed; Invalid when the days are over; AlreadyExists when they have booked.
        """
        now = self._clock.now()
        async with self._db.write() as session:
            row, lapsed = await self._locked(session, waiting_id)
            key = f"rejoin:{waiting_id}"
            done: HospitalWaiting | None = await session.scalar(
                select(HospitalWaiting).where(HospitalWaiting.source_key == key)
            )
            done = done or await self._of(session, lapsed.person_id, lapsed.channel)
            if done is not None and done.id != lapsed.id:
                return done
            if lapsed.status != "expired":
                raise WrongState(lapsed.status)
            if lapsed.last_day is not None and lapsed.last_day < now.astimezone(SHANGHAI).date():
                raise Invalid("days", "要的日子已经过了")
            await refuse_second(session, lapsed.person_id, row, now)
            await open_slots(session, row, now)
            waiting = _new(lapsed.person_id, lapsed.channel, key, now)
            waiting.phone, waiting.first_day, waiting.last_day = lapsed.phone, lapsed.first_day, lapsed.last_day
            waiting.from_time, waiting.to_time = lapsed.from_time, lapsed.to_time
            session.add(waiting)
            await session.flush()
            await self.offer_free(session, row, now)
        return waiting

    async def let_go(self, waiting_id: int) -> None:
        """Whose offer lapsed does not want to wait again. Twice is once. NotFound; WrongState when none lapsed."""
        async with self._db.write() as session:
            row, lapsed = await self._locked(session, waiting_id)
            if lapsed.status == "left":
                return
            if lapsed.status != "expired":
                raise WrongState(lapsed.status)
            await self._end(session, row, lapsed, "left", self._clock.now())

    async def of(self, person_id: str) -> list[HospitalWaiting]:
        """The lists the person is on, offered ones too."""
        async with self._db.read() as session:
            rows = await session.scalars(
                select(HospitalWaiting)
                .where(
                    HospitalWaiting.person_id == person_id,
                    HospitalWaiting.status.in_(("waiting", "offered")),
                )
                .order_by(HospitalWaiting.created_at)
            )
            return list(rows)

    async def position(self, waiting_id: int) -> int:
        """How many are before this one in its channel, plus one. NotFound when it no longer waits."""
        async with self._db.read() as session:
            one = await session.get(HospitalWaiting, waiting_id)
            if one is None or one.status != "waiting":
                raise NotFound(str(waiting_id))
            ids = await session.scalars(
                select(HospitalWaiting.id).where(
                    HospitalWaiting.channel == one.channel,
                    HospitalWaiting.status == "waiting",
                    HospitalWaiting.id <= one.id,
                )
            )
            return len(list(ids))

    async def offer(self, person_id: str) -> tuple[HospitalWaiting, datetime] | None:
        """The person's open offer and when its slot begins, None when there is none."""
        now = self._clock.now()
        async with self._db.read() as session:
            waiting = await self.offered_to(session, person_id, now)
            if waiting is None or waiting.slot_id is None:
                return None
            return waiting, (await session.get_one(HospitalSlot, waiting.slot_id)).starts_at

    # -- inside a transaction ------------------------------------------------------------------------------

    async def offered_to(
        self, session: AsyncSession, person_id: str, now: datetime, channel: str | None = None
    ) -> HospitalWaiting | None:
        query = select(HospitalWaiting).where(
            HospitalWaiting.person_id == person_id,
            HospitalWaiting.status == "offered",
            HospitalWaiting.offer_until > now,
        )
        if channel is not None:
            query = query.where(HospitalWaiting.channel == channel)
        found: HospitalWaiting | None = await session.scalar(query.order_by(HospitalWaiting.id).limit(1))
        return found

    async def settle_booked(
        self, session: AsyncSession, channel: HospitalChannel, person_id: str, now: datetime
    ) -> None:
        """The person found a place by themselves: they no longer wait, and what was held for them is free."""
        waiting = await self._of(session, person_id, channel.code)
        if waiting is not None:
            await self._end(session, channel, waiting, "taken", now)

    async def expire(self, session: AsyncSession, channel: HospitalChannel, now: datetime) -> None:
        """Take back the places of offers that nobody took in time."""
        overdue = await session.scalars(
            select(HospitalWaiting).where(
                HospitalWaiting.channel == channel.code,
                HospitalWaiting.status == "offered",
                HospitalWaiting.offer_until <= now,
            )
        )
        for waiting in list(overdue):
            await self._end(session, channel, waiting, "expired", now)
            await outbox.enqueue(
                session,
                person_id=waiting.person_id,
                text=notices.offer_expired(channel.code),
                key=f"offer-expired:{waiting.id}:{waiting.slot_id}",
                buttons=[("再约一次", "/book_hospital")],
            )

    async def offer_free(self, session: AsyncSession, channel: HospitalChannel, now: datetime) -> None:
        """Offer free places to those who wait, in their order, as long as places and quota last."""
        await self.expire(session, channel, now)
        queue = await session.execute(
            select(HospitalWaiting, Person.channel)
            .join(Person, Person.id == HospitalWaiting.person_id)
            .where(HospitalWaiting.channel == channel.code, HospitalWaiting.status == "waiting")
            .order_by(HospitalWaiting.id)
        )
        staffed = self._office.is_open(now) and self._office.is_open(now + CALL_LIFE)
        for waiting, reached_by in queue.tuples().all():
            by_phone = reached_by == HOTLINE
            if by_phone and not staffed:
                continue
            free = await free_slots(session, channel, now + LEAD, window_of(waiting))
            for slot in free:
                if not await take_quota(session, channel, slot.starts_at.year):
                    continue
                if await take_place(session, slot.id):
                    life = CALL_LIFE if by_phone else OFFER_LIFE
                    await self._offer(session, channel, waiting, slot.id, slot.starts_at, now, life)
                    break
                await free_quota(session, channel, slot.starts_at.year)

    async def _offer(
        self,
        session: AsyncSession,
        channel: HospitalChannel,
        waiting: HospitalWaiting,
        slot_id: int,
        starts_at: datetime,
        now: datetime,
        life: timedelta,
    ) -> None:
        waiting.status, waiting.slot_id, waiting.changed_at = "offered", slot_id, now
        waiting.offer_until = now + life
        await session.flush()
        await outbox.enqueue(
            session,
            person_id=waiting.person_id,
            text=notices.place_offered(channel.code, channel.hospital, starts_at, now + life),
            key=f"offer:{waiting.id}:{slot_id}",
            buttons=[("要这个号", "/book_hospital"), ("不要了", "/cancel_booking")],
        )

    async def _end(
        self,
        session: AsyncSession,
        channel: HospitalChannel,
        waiting: HospitalWaiting,
        status: str,
        now: datetime,
    ) -> None:
        if waiting.status == "offered" and waiting.slot_id is not None:
            slot = await session.get_one(HospitalSlot, waiting.slot_id)
            await free_place(session, slot.id)
            await free_quota(session, channel, slot.starts_at.year)
        waiting.status, waiting.one_key, waiting.changed_at = status, None, now
        if status == "left":
            waiting.phone = None
        await session.flush()

    async def _locked(self, session: AsyncSession, waiting_id: int) -> tuple[HospitalChannel, HospitalWaiting]:
        found = await session.get(HospitalWaiting, waiting_id)
        if found is None:
            raise NotFound(str(waiting_id))
        row = await get_channel(session, found.channel, lock=True)
        await self.expire(session, row, self._clock.now())
        return row, await session.get_one(HospitalWaiting, waiting_id, populate_existing=True)

    async def _of(self, session: AsyncSession, person_id: str, channel: str) -> HospitalWaiting | None:
        found: HospitalWaiting | None = await session.scalar(
            select(HospitalWaiting).where(
                HospitalWaiting.person_id == person_id,
                HospitalWaiting.channel == channel,
                HospitalWaiting.status.in_(("waiting", "offered")),
            )
        )
        return found


def _bound(at: time, none: time) -> time | None:
    return None if at == none else at


def window_of(waiting: HospitalWaiting) -> Window:
    """The days and hours that suit who waits."""
    return Window(waiting.first_day, waiting.last_day, waiting.from_time or time(0), waiting.to_time or time.max)


def _new(person_id: str, channel: str, key: str | None, now: datetime) -> HospitalWaiting:
    return HospitalWaiting(
        person_id=person_id,
        channel=channel,
        status="waiting",
        one_key=f"{person_id}:{channel}",
        source_key=key,
        created_at=now,
        changed_at=now,
    )
