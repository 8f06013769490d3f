"""昆小哥医院 (initiative 06): channels, slots, yearly quota, bookings, waiting list, closures."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, Integer, String, Time, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import AwareDateTime, Base, public_id
from bot.storage.reference import ReferenceRow


class HospitalChannel(ReferenceRow, Base):
    """A way in: code outpatient, health_cert or hp_test.

    `slots`: times of day "HH:MM" offered on each open day, `capacity` places each. `yearly_quota`: places a
    calendar year, None for no limit. `days_ahead`: how many days after today can be booked. `opened_until`:
    the last day whose slots exist; a change of times or capacity holds for the days after it.
    """

    __tablename__ = "hospital_channels"

    name: Mapped[str] = mapped_column(String(80))
    hospital: Mapped[str] = mapped_column(String(80))
    workdays_only: Mapped[bool] = mapped_column(default=True)
    slots: Mapped[list[str]] = mapped_column(JSON)
    capacity: Mapped[int] = mapped_column(Integer)
    yearly_quota: Mapped[int | None] = mapped_column(Integer)
    days_ahead: Mapped[int] = mapped_column(Integer, default=14)
    opened_until: Mapped[date | None] = mapped_column(Date, default=None)


class HospitalSlot(Base):
    """`capacity` places of a channel at one moment; `taken` counts bookings and held offers."""

    __tablename__ = "hospital_slots"
    __table_args__ = (
        UniqueConstraint("channel", "starts_at"),
        CheckConstraint("taken >= 0 AND taken <= capacity", name="not_oversold"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(ForeignKey("hospital_channels.code", ondelete="CASCADE"))
    starts_at: Mapped[datetime] = mapped_column(AwareDateTime)
    capacity: Mapped[int] = mapped_column(Integer)
    taken: Mapped[int] = mapped_column(Integer, default=0)


class HospitalQuota(Base):
    """What a channel may give out in a calendar year (of the day of the visit)."""

    __tablename__ = "hospital_quotas"
    __table_args__ = (
        UniqueConstraint("channel", "year"),
        CheckConstraint("taken >= 0 AND taken <= quota", name="not_oversold"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(ForeignKey("hospital_channels.code", ondelete="CASCADE"))
    year: Mapped[int] = mapped_column(Integer)
    quota: Mapped[int] = mapped_column(Integer)
    taken: Mapped[int] = mapped_column(Integer, default=0)


class HospitalClosure(Base):
    """A day on which a channel (None: every channel) sees nobody, though it is a working day."""

    __tablename__ = "hospital_closures"

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str | None] = mapped_column(ForeignKey("hospital_channels.code", ondelete="CASCADE"))
    day: Mapped[date] = mapped_column(Date, index=True)
    reason: Mapped[str] = mapped_column(String(200), default="")


class HospitalBooking(Base):
    """One visit. `status`: booked, attended, no_show, cancelled.

    `one_key` is "person:channel" (with the year, for a channel with a quota) while the booking counts, and
    NULL after: unique, so a person cannot have two. `version` counts reschedules; it keeps reminders apart.
    """

    __tablename__ = "hospital_bookings"
    __table_args__ = (
        CheckConstraint("status IN ('booked', 'attended', 'no_show', 'cancelled')", name="status_known"),
        Index("ix_hospital_bookings_person_id_status", "person_id", "status"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=public_id)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    channel: Mapped[str] = mapped_column(ForeignKey("hospital_channels.code"))
    slot_id: Mapped[int] = mapped_column(ForeignKey("hospital_slots.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(AwareDateTime, index=True)
    phone: Mapped[str | None] = mapped_column(String(20), index=True)
    status: Mapped[str] = mapped_column(String(12), default="booked")
    version: Mapped[int] = mapped_column(Integer, default=0)
    one_key: Mapped[str | None] = mapped_column(String(80), unique=True)
    source_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime] = mapped_column(AwareDateTime)
    changed_at: Mapped[datetime] = mapped_column(AwareDateTime, index=True)


class HospitalWaiting(Base):
    """A person waiting for a place. `status`: waiting, offered, taken, expired, left.

    `first_day`, `last_day`: the days that suit, `from_time` (included), `to_time` (not): the hours; None for any. While offered, `slot_id` holds a place (and a
    unit of the quota) until `offer_until`.
    """

    __tablename__ = "hospital_waiting"
    __table_args__ = (
        CheckConstraint("status IN ('waiting', 'offered', 'taken', 'expired', 'left')", name="status_known"),
        Index("ix_hospital_waiting_channel_status", "channel", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str] = mapped_column(ForeignKey("hospital_channels.code"))
    phone: Mapped[str | None] = mapped_column(String(20))
    first_day: Mapped[date | None] = mapped_column(Date)
    last_day: Mapped[date | None] = mapped_column(Date)
    status: Mapped[str] = mapped_column(String(12), default="waiting")
    slot_id: Mapped[int | None] = mapped_column(ForeignKey("hospital_slots.id"))
    offer_until: Mapped[datetime | None] = mapped_column(AwareDateTime)
    one_key: Mapped[str | None] = mapped_column(String(80), unique=True)
    source_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime] = mapped_column(AwareDateTime)
    changed_at: Mapped[datetime] = mapped_column(AwareDateTime)
    from_time: Mapped[time | None] = mapped_column(Time, default=None)
    to_time: Mapped[time | None] = mapped_column(Time, default=None)

    @property
    def number(self) -> str:
        """What staff call it; it opens nothing by itself."""
        return f"PD{self.id:06d}"
