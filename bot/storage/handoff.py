"""Talks with a human: the queue, who took it, what was said."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import AwareDateTime, Base

HANDOFF_STATES = ("waiting", "taken", "closed")


class Handoff(Base):
    """A person waits for, or talks with, a human. `one_key` is the person's id while it is not closed.

    `reason`: asked, crisis, misunderstood. `urgent` ones are first in the queue.
    """

    __tablename__ = "handoffs"
    __table_args__ = (
        CheckConstraint(f"state IN {HANDOFF_STATES!r}", name="state"),
        Index(None, "state", "urgent", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(String(20))
    urgent: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    staff: Mapped[str | None] = mapped_column(String(80))
    one_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    created_at: Mapped[datetime] = mapped_column(AwareDateTime)
    taken_at: Mapped[datetime | None] = mapped_column(AwareDateTime)
    last_at: Mapped[datetime] = mapped_column(AwareDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(AwareDateTime)
    source_key: Mapped[str | None] = mapped_column(String(200), unique=True)


class HandoffMessage(Base):
    """One line of the talk. `actor`: person or staff."""

    __tablename__ = "handoff_messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoffs.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(AwareDateTime)
    actor: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text)
    source_key: Mapped[str | None] = mapped_column(String(200), unique=True)
