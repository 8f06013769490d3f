"""骑手行车安全 (initiative 04): violations, accidents, bound work numbers, education and its proofs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import AwareDateTime, Base, public_id
from bot.storage.reference import ReferenceRow, Sourced


class _Record(Sourced):
    """What violations and accidents share; a row is known again by `record_no`."""

    record_no: Mapped[str] = mapped_column(String(40), primary_key=True)
    work_no: Mapped[str] = mapped_column(String(40), index=True)
    company: Mapped[str] = mapped_column(String(120), index=True)
    occurred_at: Mapped[datetime] = mapped_column(AwareDateTime, index=True)
    place: Mapped[str | None] = mapped_column(String(120))


class SafetyViolation(_Record, Base):
    """One traffic violation. `kind` as in `bot.services.safety.VIOLATIONS`; `minor` as the police file it."""

    __tablename__ = "safety_violations"

    kind: Mapped[str] = mapped_column(String(20))
    minor: Mapped[bool] = mapped_column(default=True)


class SafetyAccident(_Record, Base):
    """`severity`: damage, injury, death. `fault` of the rider: none, partial, equal, main, full."""

    __tablename__ = "safety_accidents"

    severity: Mapped[str] = mapped_column(String(12))
    fault: Mapped[str] = mapped_column(String(12))


class SafetyCompany(Base):
    """How many riders a company has, as it reported; the base of its index."""

    __tablename__ = "safety_companies"

    company: Mapped[str] = mapped_column(String(120), primary_key=True)
    riders: Mapped[int] = mapped_column(Integer)
    provenance: Mapped[str] = mapped_column(Text, default="")


class WorkCode(Base):
    """A one-time code by which a person proves that a work number is theirs. Only its hash is kept."""

    __tablename__ = "work_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    work_no: Mapped[str] = mapped_column(String(40), index=True)
    company: Mapped[str] = mapped_column(String(120))
    salt: Mapped[str] = mapped_column(String(32))
    code_hash: Mapped[str] = mapped_column(String(64))
    issued_by: Mapped[str] = mapped_column(String(80))
    issued_at: Mapped[datetime] = mapped_column(AwareDateTime)
    expires_at: Mapped[datetime] = mapped_column(AwareDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    closed_at: Mapped[datetime | None] = mapped_column(AwareDateTime)


class WorkBinding(Base):
    """The work number that a person proved to be theirs; one person a number, one number a person."""

    __tablename__ = "work_bindings"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    work_no: Mapped[str] = mapped_column(String(40), unique=True)
    company: Mapped[str] = mapped_column(String(120))
    bound_at: Mapped[datetime] = mapped_column(AwareDateTime)


class BindAttempt(Base):
    """A failed try to bind; counted per person, so that codes cannot be guessed over many work numbers."""

    __tablename__ = "work_bind_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(AwareDateTime)


class EducationSite(ReferenceRow, Base):
    """Where education takes place; WGS-84 degrees. `forms`: video, law_study, duty_help, pledge."""

    __tablename__ = "education_sites"

    name: Mapped[str] = mapped_column(String(80))
    district: Mapped[str | None] = mapped_column(String(20))
    address: Mapped[str | None] = mapped_column(String(120))
    lng: Mapped[float | None] = mapped_column(Float)
    lat: Mapped[float | None] = mapped_column(Float)
    forms: Mapped[list[str]] = mapped_column(JSON, default=list)


class EducationSlot(Base):
    """A session that comes every week. `weekday` 1 is Monday; `start`, `end` are "HH:MM"."""

    __tablename__ = "education_slots"
    __table_args__ = (UniqueConstraint("site_code", "form", "weekday", "start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_code: Mapped[str] = mapped_column(ForeignKey("education_sites.code", ondelete="CASCADE"))
    form: Mapped[str] = mapped_column(String(12))
    weekday: Mapped[int] = mapped_column(Integer)
    start: Mapped[str] = mapped_column(String(5))
    end: Mapped[str] = mapped_column(String(5))
    capacity: Mapped[int] = mapped_column(Integer)
    provenance: Mapped[str] = mapped_column(Text, default="")


class EducationSession(Base):
    """One session on one day, with its places."""

    __tablename__ = "education_sessions"
    __table_args__ = (
        UniqueConstraint("site_code", "form", "starts_at"),
        CheckConstraint("taken >= 0 AND taken <= capacity", name="not_oversold"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_code: Mapped[str] = mapped_column(ForeignKey("education_sites.code", ondelete="CASCADE"))
    form: Mapped[str] = mapped_column(String(12))
    starts_at: Mapped[datetime] = mapped_column(AwareDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(AwareDateTime)
    capacity: Mapped[int] = mapped_column(Integer)
    taken: Mapped[int] = mapped_column(Integer, default=0)


class EducationBooking(Base):
    """`status`: booked, attended, no_show, cancelled. `one_key`: the person, while booked."""

    __tablename__ = "education_bookings"
    __table_args__ = (
        CheckConstraint("status IN ('booked', 'attended', 'no_show', 'cancelled')", name="status_known"),
        Index("ix_education_bookings_work_no_status", "work_no", "status"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=public_id)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    work_no: Mapped[str | None] = mapped_column(String(40))
    session_id: Mapped[int] = mapped_column(ForeignKey("education_sessions.id"), index=True)
    form: Mapped[str] = mapped_column(String(12))
    starts_at: Mapped[datetime] = mapped_column(AwareDateTime)
    phone: Mapped[str | None] = mapped_column(String(20), index=True)
    status: Mapped[str] = mapped_column(String(12), default="booked")
    one_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    source_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime] = mapped_column(AwareDateTime)
    changed_at: Mapped[datetime] = mapped_column(AwareDateTime)


class QuizAttempt(Base):
    """One run through the law quiz: which questions, what was answered, whether it was passed."""

    __tablename__ = "quiz_attempts"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=public_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    questions: Mapped[list[str]] = mapped_column(JSON)
    answers: Mapped[list[str]] = mapped_column(JSON, default=list)
    correct: Mapped[int] = mapped_column(Integer, default=0)
    passed: Mapped[bool | None] = mapped_column(default=None)
    started_at: Mapped[datetime] = mapped_column(AwareDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(AwareDateTime)


class SignedPledge(Base):
    """The pledge to ride by the law, as this person signed it: the text's version, when, as what."""

    __tablename__ = "signed_pledges"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=public_id)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    work_no: Mapped[str | None] = mapped_column(String(40), index=True)
    version: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    source_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    signed_at: Mapped[datetime] = mapped_column(AwareDateTime)
