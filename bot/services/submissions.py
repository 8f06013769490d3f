"""What suggestions, reports, appointments and requests share: one row a message, a number, an owner."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar, cast

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import outbox
from bot.services.errors import AlreadyExists, Changed, Invalid, NotFound, WrongState
from bot.services.numbers import reference_number
from bot.storage.base import Base, Database

Row = TypeVar("Row", bound=Base)

STATUS_NAMES = {
    "received": "已收到，等处理",
    "handling": "正在处理",
    "answered": "有答复了",
    "closed": "已办结",
    "called": "银行已联系过您",
    "unreachable": "银行没打通您的电话",
    "cancelled": "已取消",
    "booked": "已约好",
    "done": "已办完",
}
"""States of suggestions, reports, requests and appointments, as people read them."""

_TRIES = 5
LIST_LIMIT = 10


async def create_once(
    db: Database,
    model: type[Row],
    key: str | None,
    build: Callable[[AsyncSession], Awaitable[Row]],
) -> Row:
    """The row that message `key` made, or the one that `build` makes now, in one transaction.

    A number or key that another process takes at the same moment shows as an IntegrityError: look again.
    Whatever `build` raises comes out, and nothing is written.
    """
    columns: Any = model
    made: Row | None
    for attempt in range(_TRIES):
        try:
            async with db.write() as session:
                if key is not None:
                    made = await session.scalar(select(model).where(columns.source_key == key))
                    if made is not None:
                        return made
                row = await build(session)
                session.add(row)
                await session.flush()
            return row
        except IntegrityError:
            if attempt == _TRIES - 1:
                raise
        except AlreadyExists:
            # the same message, worked on elsewhere, may have committed between the look for its key and `build`
            if key is None:
                raise
            async with db.read() as session:
                made = await session.scalar(select(model).where(columns.source_key == key))
            if made is None:
                raise
            return made
    raise AssertionError("unreachable")


def numbered(prefix: str, day: date) -> str:
    """A fresh reference number; `create_once` tries again in the rare case that it is taken."""
    return reference_number(prefix, day)


async def own(session: AsyncSession, model: type[Row], person_id: str, number: str) -> Row:
    """The person's row of that number. NotFound, also for someone else's."""
    columns: Any = model
    row = await session.scalar(select(model).where(columns.number == number, columns.person_id == person_id))
    if row is None:
        raise NotFound(number)
    return row


async def all_own(session: AsyncSession, model: type[Row], person_id: str) -> Sequence[Row]:
    """The person's latest rows, newest first."""
    columns: Any = model
    query = (
        select(model)
        .where(columns.person_id == person_id)
        .order_by(columns.created_at.desc(), columns.id.desc())
        .limit(LIST_LIMIT)
    )
    return (await session.scalars(query)).all()


def already(session: AsyncSession, existing: Row) -> AlreadyExists:
    """The error that carries `existing` out of the transaction that it ends (rolling back expires rows)."""
    session.expunge(existing)
    return AlreadyExists(f"{type(existing).__name__} exists", existing)


async def take_back(
    db: Database,
    model: type[Row],
    person_id: str,
    number: str,
    now: datetime,
    *,
    to: str = "cancelled",
    while_in: Sequence[str] = ("received",),
) -> Row:
    """The person takes a row of theirs back; twice is the same as once. NotFound; WrongState when it has gone further
    than `while_in`."""
    async with db.write() as session:
        row: Any = await own(session, model, person_id, number)
        if row.status == to:
            return cast(Row, row)
        if row.status not in while_in:
            raise WrongState(row.status)
        row.status, row.updated_at = to, now
        if hasattr(row, "open_key"):
            row.open_key = None
    return cast(Row, row)


OPEN = ("received", "handling")


async def move(
    db: Database,
    model: type[Row],
    number: str,
    status: str,
    now: datetime,
    *,
    tell: str,
    note: str = "",
    seen: datetime | None = None,
) -> Row:
    """Staff moves a row to another status; the person is told `tell`, with the note. NotFound.

    A status that is not open frees the person to ask or report again (`open_key`). Nothing is sent when
    neither status nor note changes. `seen`: see `check_seen`.
    """
    columns: Any = model
    async with db.write() as session:
        row: Any = await session.scalar(select(model).where(columns.number == number).with_for_update())
        if row is None:
            raise NotFound(number)
        if (row.status, row.answer or "") == (status, note):
            return cast(Row, row)
        check_seen(row.updated_at, seen)
        row.status, row.answer, row.updated_at = status, note or None, now
        if status not in OPEN and hasattr(row, "open_key"):
            row.open_key = None
        text = f"{tell}（{number}）：{STATUS_NAMES[status]}。" + (f"回复：{note}" if note else "")
        key = f"{model.__tablename__}:{row.id}:{now.isoformat()}"
        await outbox.enqueue(session, person_id=row.person_id, text=text, key=key, due=now)
    return cast(Row, row)


def check_seen(changed: datetime, seen: datetime | None) -> None:
    """Changed when the row has changed since `seen`, the moment of its last change that a form was made from."""
    if seen is not None and changed != seen:
        raise Changed("changed since")


def check_text(field: str, text: str, longest: int, *, required: bool = True) -> str:
    """The text without blanks around it, cut to what is kept. Invalid when it is needed and empty."""
    kept = text.strip()[:longest]
    if required and not kept:
        raise Invalid(field, "不能是空的")
    return kept


def check_choice(field: str, value: str, allowed: Sequence[str]) -> str:
    if value not in allowed:
        raise Invalid(field, "只能是 " + "、".join(allowed))
    return value
