"""The current dialogue session of a sender: one row, replaced at every turn."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import AwareDateTime, Base


class DialogueSession(Base):
    """`state` is the JSON list of the session's Rasa events; finished turns are in the transcript."""

    __tablename__ = "dialogue_sessions"

    sender: Mapped[str] = mapped_column(String(160), primary_key=True)
    state: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(AwareDateTime)
