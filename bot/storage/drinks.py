"""Initiative 05: free drink machines at the demonstration sites, and reports that one is out of order."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Float, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import AwareDateTime, Base
from bot.storage.reference import ReferenceRow

MACHINE_STATUSES = ("ok", "empty", "out_of_order", "removed")
DRINK_KINDS = ("cold", "hot")
SEASONS = ("summer", "winter")
FAULTS = ("empty", "broken", "dirty", "other")


class DrinkMachine(ReferenceRow, Base):
    """A machine at a station. `drinks`: cold, hot; `season`: summer, winter. WGS-84 degrees."""

    __tablename__ = "drink_machines"
    __table_args__ = (CheckConstraint("(lng IS NULL) = (lat IS NULL)", name="point_whole"),)

    station_code: Mapped[str | None] = mapped_column(ForeignKey("stations.code", ondelete="SET NULL"))
    name: Mapped[str] = mapped_column(String(80))
    lng: Mapped[float | None] = mapped_column(Float)
    lat: Mapped[float | None] = mapped_column(Float)
    drinks: Mapped[list[str]] = mapped_column(JSON)
    season: Mapped[list[str]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(16), default="ok")


class MachineReport(Base):
    """A person says that a machine does not work. One open report a person and machine.

    `open_key` is "person:machine" while the report is open, None afterwards: its uniqueness is that rule.
    """

    __tablename__ = "machine_reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    machine_code: Mapped[str] = mapped_column(ForeignKey("drink_machines.code", ondelete="CASCADE"))
    fault: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text, default="")
    image_url: Mapped[str | None] = mapped_column(String(1000))
    status: Mapped[str] = mapped_column(String(12), default="received")
    answer: Mapped[str | None] = mapped_column(Text)
    open_key: Mapped[str | None] = mapped_column(String(80), unique=True)
    created_at: Mapped[datetime] = mapped_column(AwareDateTime, index=True)
    updated_at: Mapped[datetime] = mapped_column(AwareDateTime)
    source_key: Mapped[str | None] = mapped_column(String(200), unique=True)
