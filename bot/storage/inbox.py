"""Inbound messages by their platform key: a retried one is answered once, and with the same reply."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import AwareDateTime, Base


class InboxMessage(Base):
    """state: in_work (until `lease_until`, then anybody's) → done. `reply` is the channel's own text."""

    __tablename__ = "inbox"
    __table_args__ = (
        CheckConstraint("state IN ('in_work', 'done')", name="state"),
        Index(None, "created_at"),
    )

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(8), default="in_work")
    reply: Mapped[str | None] = mapped_column(Text)
    lease_until: Mapped[datetime] = mapped_column(AwareDateTime)
    created_at: Mapped[datetime] = mapped_column(AwareDateTime)
    done_at: Mapped[datetime | None] = mapped_column(AwareDateTime)
