"""Labour disputes (initiative 02): windows of the 1+11, tickets, their additions and their history."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    event,
)
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from bot.storage.base import AwareDateTime, Base
from bot.storage.reference import ReferenceRow

WINDOW_LEVELS = ("city", "district")
ROUTES = ("inspection", "arbitration", "legal_aid", "mediation")
TICKET_STATES = ("received", "assigned", "in_progress", "waiting", "resolved", "closed", "withdrawn")


class DisputeWindow(ReferenceRow, Base):
    """One window of the 1+11. `district` is None for the city's; `accepts` is a list of `ROUTES`.

    Address and hours are None where nobody has published them.
    """

    __tablename__ = "dispute_windows"
    __table_args__ = (CheckConstraint("level IN ('city', 'district')", name="level_known"),)

    level: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(80))
    district: Mapped[str | None] = mapped_column(String(20), index=True)
    address: Mapped[str | None] = mapped_column(String(120))
    hours: Mapped[str | None] = mapped_column(String(200))
    hotline: Mapped[str | None] = mapped_column(String(20))
    accepts: Mapped[list[str]] = mapped_column(JSON, default=list)


class DisputeTicket(Base):
    """A dispute as a worker told it. Money in fen; days are calendar days in Asia/Shanghai.

    `person_id`, `phone` and the additions are gone once the person's data were erased (`erased_at`).
    `routes`: what the worker applies for (joint intake: inspection and arbitration together).
    `group_size`: how many workers it speaks for, the teller included. `contact_due` and `finish_due` are the
    operator's own clock (see `bot.services.dispute_clock`), not periods of law. `waiting_since`: the clock
    stands still from that day.
    """

    __tablename__ = "dispute_tickets"
    __table_args__ = (
        CheckConstraint(
            "state IN ('received', 'assigned', 'in_progress', 'waiting', 'resolved', 'closed', 'withdrawn')",
            name="state_known",
        ),
        CheckConstraint("group_size >= 1", name="group_counts"),
        CheckConstraint("amount_fen IS NULL OR amount_fen >= 0", name="amount_not_negative"),
        Index(None, "person_id", "created_at"),
        Index(None, "state", "finish_due"),
        Index(None, "window_code", "state"),
        Index(None, "finish_due", "id"),
        Index(None, "assigned_to", "finish_due"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    source_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    dispute_type: Mapped[str] = mapped_column(String(24))
    employer: Mapped[str | None] = mapped_column(String(120))
    amount_fen: Mapped[int | None] = mapped_column(BigInteger)
    since_text: Mapped[str | None] = mapped_column(String(120))
    since_on: Mapped[date | None] = mapped_column(Date)
    still_employed: Mapped[bool | None]
    ended_on: Mapped[date | None] = mapped_column(Date)
    place: Mapped[str | None] = mapped_column(String(120))
    district: Mapped[str | None] = mapped_column(String(20))
    phone: Mapped[str | None] = mapped_column(String(20), index=True)
    summary: Mapped[str] = mapped_column(Text, default="")
    routes: Mapped[list[str]] = mapped_column(JSON, default=list)
    worker_class: Mapped[str | None] = mapped_column(String(20))
    group_size: Mapped[int] = mapped_column(Integer, default=1)
    window_code: Mapped[str] = mapped_column(String(32))
    window_name: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(12), default="received")
    reason: Mapped[str | None] = mapped_column(String(500))
    assigned_to: Mapped[str | None] = mapped_column(String(60))
    contact_due: Mapped[date] = mapped_column(Date)
    finish_due: Mapped[date] = mapped_column(Date)
    contacted_at: Mapped[datetime | None] = mapped_column(AwareDateTime)
    waiting_since: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(AwareDateTime, index=True)
    updated_at: Mapped[datetime] = mapped_column(AwareDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(AwareDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(AwareDateTime)


class DisputeAttachment(Base):
    """What the worker added later: words, or a picture by its address in the file store."""

    __tablename__ = "dispute_attachments"
    __table_args__ = (CheckConstraint("text IS NOT NULL OR image_url IS NOT NULL", name="not_empty"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("dispute_tickets.id", ondelete="CASCADE"), index=True)
    source_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    text: Mapped[str | None] = mapped_column(Text)
    image_url: Mapped[str | None] = mapped_column(String(1000))
    created_at: Mapped[datetime] = mapped_column(AwareDateTime)


class DisputeEvent(Base):
    """The ticket's history: one row for each change, never changed itself.

    `actor`: "worker", "system", or "staff:<account>". `visible`: whether the worker may read `text`.
    """

    __tablename__ = "dispute_events"
    __table_args__ = (Index(None, "ticket_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("dispute_tickets.id", ondelete="CASCADE"))
    source_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    at: Mapped[datetime] = mapped_column(AwareDateTime)
    actor: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(16))
    from_state: Mapped[str | None] = mapped_column(String(12))
    to_state: Mapped[str | None] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text, default="")
    visible: Mapped[bool] = mapped_column(default=True)


@event.listens_for(DisputeEvent, "before_update")
@event.listens_for(DisputeEvent, "before_delete")
def _append_only(_mapper: Mapper[Any], _connection: Connection, _row: DisputeEvent) -> None:
    raise RuntimeError("the history of a ticket is written once and not changed")
