"""What the worker's and the staff's side of a ticket share: rows, history, reading of the worker's words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.geo.places import resolve
from bot.language import DISPUTE_TYPES, check_phone, find_durations, find_times
from bot.services.dispute_clock import after_waiting
from bot.services.errors import Invalid, NotFound
from bot.storage.disputes import ROUTES, DisputeAttachment, DisputeEvent, DisputeTicket, DisputeWindow

MOST_FEN = 10**12


async def locked(session: AsyncSession, number: str, person_id: str | None = None) -> DisputeTicket:
    """The ticket, its row locked until the transaction ends. NotFound, also when it is not `person_id`'s."""
    query = select(DisputeTicket).where(DisputeTicket.number == number)
    if person_id is not None:
        query = query.where(DisputeTicket.person_id == person_id)
    ticket: DisputeTicket | None = await session.scalar(query.with_for_update())
    if ticket is None:
        raise NotFound(number)
    return ticket


def record(
    session: AsyncSession,
    ticket: DisputeTicket,
    at: datetime,
    actor: str,
    kind: str,
    from_state: str | None = None,
    to_state: str | None = None,
    text: str = "",
    *,
    visible: bool = True,
    key: str | None = None,
) -> None:
    """One line of the ticket's history, in the caller's transaction."""
    session.add(
        DisputeEvent(
            ticket_id=ticket.id,
            source_key=key,
            at=at,
            actor=actor,
            kind=kind,
            from_state=from_state,
            to_state=to_state,
            text=text,
            visible=visible,
        )
    )


def resume_clock(ticket: DisputeTicket, today: date) -> None:
    """The ticket no longer waits for the worker: move its marks by the days it stood still."""
    if ticket.waiting_since is None:
        return
    ticket.finish_due = after_waiting(ticket.finish_due, ticket.waiting_since, today)
    if ticket.contacted_at is None:
        ticket.contact_due = after_waiting(ticket.contact_due, ticket.waiting_since, today)
    ticket.waiting_since = None


def district_of(place: str | None) -> str | None:
    """The one of the 11 that a place in the worker's words lies in; None when unknown, unclear or outside."""
    match = resolve(place) if place else None
    if match is None:
        return None
    found = {candidate.district for candidate in match.candidates if not candidate.outside}
    return found.pop() if len(found) == 1 and not match.outside else None


def day_of(words: str | None, now: datetime) -> date | None:
    """The day that words about the past name ("去年8月" → its first day; "三个月" → three months ago)."""
    if not words:
        return None
    today = now.date()
    for span in find_times(words, now, "past"):
        if span.kind == "at" and span.dated and span.begin is not None and span.begin.date() <= today:
            return span.begin.date()
    lengths = find_durations(words)
    return today - timedelta(days=int(lengths[0].days)) if lengths and lengths[0].days < 365 * 60 else None


async def window_of(session: AsyncSession, district: str | None) -> DisputeWindow | None:
    conditions = [DisputeWindow.district == district] if district else []
    for condition in (*conditions, DisputeWindow.level == "city"):
        found: DisputeWindow | None = await session.scalar(
            select(DisputeWindow).where(condition).order_by(DisputeWindow.code).limit(1)
        )
        if found is not None:
            return found
    return None


async def already_made(session: AsyncSession, model: type[DisputeAttachment], key: str | None) -> bool:
    if key is None:
        return False
    return await session.scalar(select(model.id).where(model.source_key == key)) is not None


async def taken_up(session: AsyncSession, ticket_id: int) -> bool:
    """Whether staff did more with it than register it for a caller."""
    staff = select(DisputeEvent.id).where(
        DisputeEvent.ticket_id == ticket_id, DisputeEvent.actor.startswith("staff:"), DisputeEvent.kind != "opened"
    )
    return await session.scalar(staff.limit(1)) is not None


def checked_phone(given: str) -> str:
    found = check_phone(given)
    if found is None or not found.valid:
        raise Invalid("phone", "要是1开头的11位手机号")
    return found.number


def check_values(dispute_type: str, amount_fen: int | None, routes: Sequence[str], group_size: int) -> None:
    if dispute_type not in DISPUTE_TYPES:
        raise Invalid("dispute_type", "不是已知的纠纷类型")
    if amount_fen is not None and not 0 <= amount_fen <= MOST_FEN:
        raise Invalid("amount_fen", "金额不对")
    if any(route not in ROUTES for route in routes):
        raise Invalid("routes", "只能是 " + "、".join(ROUTES))
    if not 1 <= group_size <= 10_000:
        raise Invalid("group_size", "人数要在 1 到 10000 之间")


def short(words: str | None, longest: int) -> str | None:
    return words.replace("\x00", "").strip()[:longest] or None if words else None
