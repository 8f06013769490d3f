"""The suggestion box of the stations."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import AwareDateTime, Base

SUGGESTION_KINDS = ("suggestion", "praise", "complaint", "repair")
REPORT_STATUSES = ("received", "handling", "answered", "closed")


class Suggestion(Base):
    """What a person has to say about a station (`station_code`) or a place (`place`, the person's words).

    `person_id` is None once the person's data have been erased; `answer` is what the operator wrote back.
    """

    __tablename__ = "suggestions"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    station_code: Mapped[str | None] = mapped_column(ForeignKey("stations.code", ondelete="SET NULL"))
    place: Mapped[str | None] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    image_url: Mapped[str | None] = mapped_column(String(1000))
    status: Mapped[str] = mapped_column(String(12), default="received")
    answer: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(AwareDateTime, index=True)
    updated_at: Mapped[datetime] = mapped_column(AwareDateTime)
    source_key: Mapped[str | None] = mapped_column(String(200), unique=True)
