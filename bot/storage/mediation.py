"""The panel of experts and its mediation sessions (initiative 02)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import AwareDateTime, Base
from bot.storage.reference import ReferenceRow

ROLES = ("arbitrator", "judge", "lawyer", "mediator")
SESSION_STATUSES = ("booked", "held", "missed", "cancelled")


class Mediator(ReferenceRow, Base):
    """An expert of the panel and the weekly hour in which he or she mediates (weekday 1 = Monday, HH:MM)."""

    __tablename__ = "mediators"

    name: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(12))
    fields: Mapped[list[str]] = mapped_column(JSON)
    weekday: Mapped[int]
    start: Mapped[str] = mapped_column(String(5))
    end: Mapped[str] = mapped_column(String(5))
    capacity: Mapped[int]
    online: Mapped[bool]


class MediationSlot(Base):
    """One hour of one expert. `taken` is counted in the transaction of the session that takes it."""

    __tablename__ = "mediation_slots"
    __table_args__ = (
        UniqueConstraint("mediator_id", "starts_at"),
        CheckConstraint("taken >= 0 AND taken <= capacity", name="taken"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mediator_id: Mapped[int] = mapped_column(ForeignKey("mediators.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime] = mapped_column(AwareDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(AwareDateTime)
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)


class MediationSession(Base):
    """A person's hour with an expert. `one_key` is the ticket's number while the session is booked."""

    __tablename__ = "mediation_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("dispute_tickets.id", ondelete="CASCADE"), index=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("mediation_slots.id"))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    status: Mapped[str] = mapped_column(String(12), default="booked")
    online: Mapped[bool]
    link: Mapped[str | None] = mapped_column(String(300))
    one_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    created_at: Mapped[datetime] = mapped_column(AwareDateTime)
    changed_at: Mapped[datetime] = mapped_column(AwareDateTime)
    source_key: Mapped[str | None] = mapped_column(String(200), unique=True)
