"""What a member of staff keeps for themselves: saved views of a queue, phrases of their own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import AwareDateTime, Base, public_id

KEPT_KINDS = ("tickets", "phrase")


class StaffKept(Base):
    """`kind`: "tickets", a view of the queue (`value` is its query string); "phrase", words to answer with."""

    __tablename__ = "staff_kept"
    __table_args__ = (UniqueConstraint("user_id", "kind", "name"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=public_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("staff_users.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(40))
    value: Mapped[str] = mapped_column(String(1000))
    created_at: Mapped[datetime] = mapped_column(AwareDateTime)
