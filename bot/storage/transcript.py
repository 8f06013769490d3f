"""Finished turns, for review and the dashboard."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import AwareDateTime, Base


class TranscriptTurn(Base):
    """`text` and `reply` are redacted of card and identity numbers before they are stored.

    `decision`: sure, ambiguous or unsure (`bot.nlu.decision`); None for a tap, an event, and rows of before.
    """

    __tablename__ = "transcript"
    __table_args__ = (Index(None, "at"), Index(None, "person_id", "id"), Index(None, "topic", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(AwareDateTime)
    text: Mapped[str] = mapped_column(Text)
    topic: Mapped[str] = mapped_column(String(60))
    confidence: Mapped[float] = mapped_column(Float)
    reply: Mapped[str] = mapped_column(Text)
    milliseconds: Mapped[float] = mapped_column(Float)
    decision: Mapped[str | None] = mapped_column(String(12))
