"""Initiative 08: the nearest of the bank's outlets, and requests that the bank calls back.

Card numbers, passwords and codes are never kept: whatever text comes with a request is masked first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.geo.boundary import in_kunshan
from bot.geo.datum import Point
from bot.language import check_phone, redact
from bot.services.clock import Clock
from bot.services.errors import Invalid
from bot.services.import_spec import (
    PLACE,
    PROVENANCE,
    Column,
    Spec,
    list_of,
)
from bot.services.opening_hours import Hours, hours_cell, parse_hours
from bot.services.reference import Nearby, OutsideKunshan, Snapshot, map_page
from bot.services.submissions import (
    all_own,
    already,
    check_choice,
    check_text,
    create_once,
    move,
    numbered,
    take_back,
)
from bot.storage.bank import CALLBACK_STATUSES, CALLBACK_TOPICS, HARBOUR_SERVICES, BankOutlet, CallbackRequest
from bot.storage.base import Database

VERSION = "bank"
PREFIX = "BM"

_CODE_AFTER_WORD = re.compile(
    r"((?:验证码|校验码|动态码|密码|口令|安全码|取款码|交易码|cvv2?|cvn2?)[^\d\n]{0,8})(\d(?:[ -]?\d){2,11})",
    re.IGNORECASE,
)
# A card number with a digit wrong is still most of a card number.
_LONG_RUN = re.compile(r"\d(?:[ -]?\d){12,}")


def without_secrets(text: str) -> str:
    """The text with cards, identity numbers, phones, and digits after 验证码, 密码 and the like masked."""
    masked = _LONG_RUN.sub(lambda found: "*" * len(found[0]), redact(text))
    return _CODE_AFTER_WORD.sub(lambda found: found[1] + "*" * len(found[2]), masked)


@dataclass(frozen=True, slots=True)
class OutletInfo:
    """An outlet as it is shown. `services`: codes of `HARBOUR_SERVICES`; WGS-84 degrees or None."""

    code: str
    name: str
    district: str | None
    address: str | None
    lng: float | None
    lat: float | None
    hours: Hours
    services: tuple[str, ...]
    demo: bool

    @property
    def map_link(self) -> str | None:
        return map_page(self, self.name)

    @property
    def service_names(self) -> tuple[str, ...]:
        return tuple(HARBOUR_SERVICES[each] for each in self.services if each in HARBOUR_SERVICES)


@dataclass(frozen=True)
class FoundOutlet:
    """`metres`: straight line; `open` None = not known."""

    outlet: OutletInfo
    metres: float
    open: bool | None


@dataclass(frozen=True)
class OutletPage:
    items: tuple[FoundOutlet, ...]
    more: bool
    skip: int


class BankService:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock
        self._outlets = Snapshot(db, VERSION, _load)

    async def nearest(
        self,
        point: Point,
        *,
        services: Sequence[str] = (),
        open_at: datetime | None = None,
        open_on: Sequence[date] = (),
        district: str | None = None,
        limit: int = 3,
        skip: int = 0,
    ) -> OutletPage:
        """Outlets nearest to a WGS-84 point that have all `services` (harbour codes).

        `open_at`: only those surely open at that moment; `open_on`: on one of those days. OutsideKunshan when the point is not in the city.
        """
        if not in_kunshan(*point):
            raise OutsideKunshan(f"{point}")

        def accept(row: OutletInfo) -> bool:
            if district is not None and row.district != district:
                return False
            if open_on and not any(row.hours.on(day) for day in open_on):
                return False
            return open_at is None or row.hours.open_at(open_at) is True

        need = [f"service:{each}" for each in services]
        found, more = (await self._outlets.get()).nearest(point, need, accept, limit=limit, skip=skip)
        now = open_at or self._clock.now()
        items = tuple(FoundOutlet(one.row, one.metres, one.row.hours.open_at(now)) for one in found)
        return OutletPage(items, more, skip)

    async def all(self) -> tuple[OutletInfo, ...]:
        """Every outlet, in the order of the table."""
        return (await self._outlets.get()).rows

    async def request_callback(
        self,
        *,
        person_id: str,
        topic: str,
        phone: str,
        wish: str | None = None,
        note: str | None = None,
        key: str | None = None,
    ) -> CallbackRequest:
        """Ask the bank to call. `wish`: when, in the person's words.

        AlreadyExists when a request of the person for that topic is still open; Invalid for a phone or topic
        that is none.
        """
        check_choice("topic", topic, CALLBACK_TOPICS)
        read = check_phone(phone)
        if read is None or not read.valid:
            raise Invalid("phone", "11位手机号")
        number, open_key = read.number, f"{person_id}:{topic}"

        async def build(session: AsyncSession) -> CallbackRequest:
            earlier = await session.scalar(select(CallbackRequest).where(CallbackRequest.open_key == open_key))
            if earlier is not None:
                raise already(session, earlier)
            now = self._clock.now()
            return CallbackRequest(
                number=numbered(PREFIX, now.date()),
                person_id=person_id,
                topic=topic,
                phone=number,
                wish=without_secrets(check_text("wish", wish or "", 120, required=False)) or None,
                note=without_secrets(check_text("note", note or "", 300, required=False)) or None,
                open_key=open_key,
                created_at=now,
                updated_at=now,
                source_key=key,
            )

        return await create_once(self._db, CallbackRequest, key, build)

    async def cancel_callback(self, person_id: str, number: str) -> CallbackRequest:
        """Take a request back. NotFound; WrongState when the bank has dealt with it already."""
        return await take_back(self._db, CallbackRequest, person_id, number, self._clock.now())

    async def my_callbacks(self, person_id: str) -> Sequence[CallbackRequest]:
        """The person's latest requests, newest first."""
        async with self._db.read() as session:
            return await all_own(session, CallbackRequest, person_id)

    async def answer_callback(
        self, number: str, status: str, note: str = "", *, seen: datetime | None = None
    ) -> CallbackRequest:
        """The bank moves a request; the person is told. NotFound; Invalid for an unknown status."""
        check_choice("status", status, CALLBACK_STATUSES)
        now = self._clock.now()
        return await move(self._db, CallbackRequest, number, status, now, tell="您的银行回电登记", note=note, seen=seen)

    async def forget(self, person_id: str) -> None:
        """Requests are deleted: without phone and person there is nothing left to call back."""
        async with self._db.write() as session:
            await session.execute(delete(CallbackRequest).where(CallbackRequest.person_id == person_id))


async def _load(session: AsyncSession) -> Nearby[OutletInfo]:
    rows = await session.scalars(select(BankOutlet).order_by(BankOutlet.id))
    outlets = [
        OutletInfo(
            code=row.code,
            name=row.name,
            district=row.district,
            address=row.address,
            lng=row.lng,
            lat=row.lat,
            hours=parse_hours(row.hours),
            services=tuple(row.services),
            demo=row.demo,
        )
        for row in rows
    ]
    return Nearby(outlets, _attributes)


def _attributes(row: OutletInfo) -> Iterator[str]:
    return (f"service:{each}" for each in row.services)


IMPORTS = (
    Spec(
        kind="bank-outlets",
        title="建行网点",
        model=BankOutlet,
        columns=(
            *PLACE,
            Column("hours", "营业时间", hours_cell),
            Column("services", "港湾服务", list_of(*HARBOUR_SERVICES), default=[]),
            PROVENANCE,
        ),
        point=True,
        demo_file="bank_outlets.csv",
        versions=(VERSION,),
    ),
)
