"""Initiative 03: loading berths, plating appointments, passage rules, reports of illegal carriers."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Date, Float, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import AwareDateTime, Base
from bot.storage.reference import ReferenceRow

VEHICLE_CLASSES = ("micro", "light", "medium", "heavy")
ENERGIES = ("bev", "phev", "fcev", "fuel")
VERDICTS = ("allowed", "forbidden", "permit")
CARRIER_KINDS = ("tricycle", "handcart", "passenger", "other")


class Berth(ReferenceRow, Base):
    """A 蓝窗 berth. Metres, minutes, WGS-84 degrees; `start`–`end` on `days` may run past midnight."""

    __tablename__ = "berths"
    __table_args__ = (CheckConstraint("(lng IS NULL) = (lat IS NULL)", name="point_whole"),)

    name: Mapped[str] = mapped_column(String(80))
    district: Mapped[str | None] = mapped_column(String(20))
    address: Mapped[str | None] = mapped_column(String(120))
    lng: Mapped[float | None] = mapped_column(Float)
    lat: Mapped[float | None] = mapped_column(Float)
    length_m: Mapped[float | None] = mapped_column(Float)
    width_m: Mapped[float | None] = mapped_column(Float)
    vehicle_classes: Mapped[list[str]] = mapped_column(JSON)
    days: Mapped[str | None] = mapped_column(String(20))
    start: Mapped[str | None] = mapped_column(String(5))
    end: Mapped[str | None] = mapped_column(String(5))
    max_minutes: Mapped[int | None] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(String(10), default="open")


class PassageRule(ReferenceRow, Base):
    """One rule of passage for goods vehicles; an empty cell means "any". The operator loads them.

    `vehicle_class`, `energy`: lists; `area`: in words ("中环内"); `road`: its name; `days`, `start`, `end`:
    when it applies; `verdict`: allowed, forbidden, permit (allowed with a permit); `source`: the notice.
    """

    __tablename__ = "passage_rules"

    vehicle_class: Mapped[list[str]] = mapped_column(JSON)
    energy: Mapped[list[str]] = mapped_column(JSON)
    area: Mapped[str | None] = mapped_column(String(40))
    road: Mapped[str | None] = mapped_column(String(40))
    days: Mapped[str | None] = mapped_column(String(20))
    start: Mapped[str | None] = mapped_column(String(5))
    end: Mapped[str | None] = mapped_column(String(5))
    verdict: Mapped[str] = mapped_column(String(10))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    source: Mapped[str] = mapped_column(String(300))


class PlatingWindow(ReferenceRow, Base):
    """When the batch window sees companies: ISO weekday, HH:MM, appointments per session."""

    __tablename__ = "plating_windows"

    weekday: Mapped[int] = mapped_column(Integer)
    start: Mapped[str] = mapped_column(String(5))
    end: Mapped[str] = mapped_column(String(5))
    capacity: Mapped[int] = mapped_column(Integer)


class PlatingSlot(Base):
    """One session of the window on one day; made when the first company books it."""

    __tablename__ = "plating_slots"
    __table_args__ = (
        UniqueConstraint("day", "start"),
        CheckConstraint("taken >= 0 AND taken <= capacity", name="not_oversold"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date)
    start: Mapped[str] = mapped_column(String(5))
    end: Mapped[str] = mapped_column(String(5))
    capacity: Mapped[int] = mapped_column(Integer)
    taken: Mapped[int] = mapped_column(Integer, default=0)


class PlatingAppointment(Base):
    """A company comes to plate `vehicles` new-energy goods vehicles. `status`: booked, cancelled, done.

    `active_key` is "person:slot" while booked: one appointment a person and session.
    """

    __tablename__ = "plating_appointments"
    __table_args__ = (CheckConstraint("vehicles >= 1", name="some_vehicles"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("plating_slots.id", ondelete="CASCADE"), index=True)
    company: Mapped[str] = mapped_column(String(80))
    vehicles: Mapped[int] = mapped_column(Integer)
    phone: Mapped[str] = mapped_column(String(20), index=True)
    status: Mapped[str] = mapped_column(String(12), default="booked")
    active_key: Mapped[str | None] = mapped_column(String(80), unique=True)
    created_at: Mapped[datetime] = mapped_column(AwareDateTime)
    updated_at: Mapped[datetime] = mapped_column(AwareDateTime)
    source_key: Mapped[str | None] = mapped_column(String(200), unique=True)


class CarrierReport(Base):
    """Someone saw goods carried illegally. `person_id` is None when the report is anonymous."""

    __tablename__ = "carrier_reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    place: Mapped[str] = mapped_column(String(120))
    seen_at: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text, default="")
    image_url: Mapped[str | None] = mapped_column(String(1000))
    status: Mapped[str] = mapped_column(String(12), default="received")
    answer: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(AwareDateTime, index=True)
    updated_at: Mapped[datetime] = mapped_column(AwareDateTime)
    source_key: Mapped[str | None] = mapped_column(String(200), unique=True)
