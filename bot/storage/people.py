"""People who talk to the bot: a channel and the id it gives them, never a name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import AwareDateTime, Base, public_id


class Person(Base):
    """`external_id` is the openid (WeChat), the sender id (REST, terminal) or `tel:<phone>` (channel "hotline", for
    callers that staff registered). Points are WGS-84 degrees."""

    __tablename__ = "people"
    __table_args__ = (UniqueConstraint("channel", "external_id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=public_id)
    channel: Mapped[str] = mapped_column(String(16))
    external_id: Mapped[str] = mapped_column(String(160))
    created_at: Mapped[datetime] = mapped_column(AwareDateTime)
    seen_at: Mapped[datetime] = mapped_column(AwareDateTime)
    phone: Mapped[str | None] = mapped_column(String(20), index=True)
    consent_at: Mapped[datetime | None] = mapped_column(AwareDateTime)
    consent_asked_at: Mapped[datetime | None] = mapped_column(AwareDateTime)
    last_lng: Mapped[float | None] = mapped_column(Float)
    last_lat: Mapped[float | None] = mapped_column(Float)
    last_place: Mapped[str | None] = mapped_column(String(120))
    last_located_at: Mapped[datetime | None] = mapped_column(AwareDateTime)
    work_no: Mapped[str | None] = mapped_column(String(40))
