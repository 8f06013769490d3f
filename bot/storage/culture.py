"""文体旅游购物大礼包 (initiative 09): tour card selection, discounts, library stations."""

from __future__ import annotations

from datetime import date

from sqlalchemy import JSON, CheckConstraint, Date, Float, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import Base
from bot.storage.reference import ReferenceRow, Sourced


class TourCardMetric(Sourced, Base):
    """What a company reported about one worker for the selection round.

    `tenure_months`: months of service; `orders`: orders delivered; `satisfaction`: percent, 0 to 100.
    """

    __tablename__ = "tour_card_metrics"

    work_no: Mapped[str] = mapped_column(String(40), primary_key=True)
    company: Mapped[str] = mapped_column(String(120), index=True)
    tenure_months: Mapped[int] = mapped_column(Integer)
    orders: Mapped[int] = mapped_column(Integer)
    satisfaction: Mapped[float] = mapped_column(Float)


class TourCardRound(ReferenceRow, Base):
    """One selection: weights in percent (they add up to 100), cards to give, whether results are final."""

    __tablename__ = "tour_card_rounds"
    __table_args__ = (
        CheckConstraint("tenure_weight + orders_weight + satisfaction_weight = 100", name="weights_whole"),
    )

    name: Mapped[str] = mapped_column(String(80))
    tenure_weight: Mapped[int] = mapped_column(Integer)
    orders_weight: Mapped[int] = mapped_column(Integer)
    satisfaction_weight: Mapped[int] = mapped_column(Integer)
    cards: Mapped[int] = mapped_column(Integer)
    final: Mapped[bool] = mapped_column(default=False)
    starts_on: Mapped[date | None] = mapped_column(Date)


class Discount(ReferenceRow, Base):
    """An offer of the 优享卡. `kind`: cinema, catering, tourism. What is not published is None or empty."""

    __tablename__ = "discounts"

    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(80))
    detail: Mapped[str] = mapped_column(Text, default="")
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    merchants: Mapped[list[str]] = mapped_column(JSON, default=list)


class LibraryStation(ReferenceRow, Base):
    """A 图书馆爱心驿站; the point is WGS-84 degrees. `services`: borrowing, salon, family, mental_care."""

    __tablename__ = "library_stations"

    name: Mapped[str] = mapped_column(String(80))
    district: Mapped[str | None] = mapped_column(String(20))
    address: Mapped[str | None] = mapped_column(String(120))
    lng: Mapped[float | None] = mapped_column(Float)
    lat: Mapped[float | None] = mapped_column(Float)
    hours: Mapped[str | None] = mapped_column(String(120))
    services: Mapped[list[str]] = mapped_column(JSON, default=list)
