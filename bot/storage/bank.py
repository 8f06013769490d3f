"""Initiative 08: the bank's outlets, and requests that it calls back. No account data of any kind."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Float, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import AwareDateTime, Base
from bot.storage.reference import ReferenceRow

HARBOUR_SERVICES = {
    "seats": "座椅休息",
    "water": "饮水",
    "microwave": "微波炉",
    "charging": "手机充电",
    "wifi": "无线网络",
    "first_aid": "急救包",
    "umbrella": "雨伞",
    "reading_glasses": "老花镜",
    "wheelchair": "轮椅",
}
CALLBACK_TOPICS = ("mortgage", "renovation_loan", "car_loan", "insurance", "mobile_banking", "other")
CALLBACK_STATUSES = ("received", "called", "unreachable", "closed", "cancelled")


class BankOutlet(ReferenceRow, Base):
    """An outlet with 劳动者港湾. WGS-84 degrees; `hours`: grammar of opening_hours."""

    __tablename__ = "bank_outlets"
    __table_args__ = (CheckConstraint("(lng IS NULL) = (lat IS NULL)", name="point_whole"),)

    name: Mapped[str] = mapped_column(String(80))
    district: Mapped[str | None] = mapped_column(String(20))
    address: Mapped[str | None] = mapped_column(String(120))
    lng: Mapped[float | None] = mapped_column(Float)
    lat: Mapped[float | None] = mapped_column(Float)
    hours: Mapped[str | None] = mapped_column(String(200))
    services: Mapped[list[str]] = mapped_column(JSON)


class CallbackRequest(Base):
    """A person wants the bank to call about a product. `open_key` is "person:topic" while it is open."""

    __tablename__ = "callback_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    topic: Mapped[str] = mapped_column(String(20))
    phone: Mapped[str] = mapped_column(String(20), index=True)
    wish: Mapped[str | None] = mapped_column(String(120))
    note: Mapped[str | None] = mapped_column(String(300))
    status: Mapped[str] = mapped_column(String(12), default="received")
    answer: Mapped[str | None] = mapped_column(Text)
    open_key: Mapped[str | None] = mapped_column(String(80), unique=True)
    created_at: Mapped[datetime] = mapped_column(AwareDateTime, index=True)
    updated_at: Mapped[datetime] = mapped_column(AwareDateTime)
    source_key: Mapped[str | None] = mapped_column(String(200), unique=True)
