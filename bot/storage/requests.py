"""Things people ask for that a member of staff arranges: legal aid, a training, a care package, a survey."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import AwareDateTime, Base

REQUEST_KINDS = (
    "legal_aid",
    "law_checkup",
    "mediation",
    "fitness_test",
    "first_aid_training",
    "free_clinic",
    "care_package",
    "needs_survey",
)
REQUEST_STATUSES = ("received", "handling", "arranged", "done", "declined", "withdrawn")


class Request(Base):
    """`details`: further answers of that kind. `open_key` is "person:kind" while the request is open.

    `person_id`, `phone` and the texts are empty once the person's data have been erased.
    """

    __tablename__ = "requests"
    __table_args__ = (
        CheckConstraint(f"status IN {REQUEST_STATUSES!r}", name="status"),
        Index(None, "kind", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    phone: Mapped[str | None] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(12), default="received")
    answer: Mapped[str | None] = mapped_column(Text)
    assignee: Mapped[str | None] = mapped_column(String(80))
    open_key: Mapped[str | None] = mapped_column(String(80), unique=True)
    created_at: Mapped[datetime] = mapped_column(AwareDateTime, index=True)
    updated_at: Mapped[datetime] = mapped_column(AwareDateTime)
    source_key: Mapped[str | None] = mapped_column(String(200), unique=True)
