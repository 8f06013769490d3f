"""昆小哥学堂 (initiative 07): interest in enrolling, claims of the subsidy."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import AwareDateTime, Base, public_id


class SchoolEnrolment(Base):
    """Someone who wants to study. `level`: junior_college or bachelor; `schooling`: what they have.

    `status`: new, contacted, enrolled, declined, withdrawn. `one_key` is "phone:level" while it counts.
    """

    __tablename__ = "school_enrolments"
    __table_args__ = (
        CheckConstraint("level IN ('junior_college', 'bachelor')", name="level_known"),
        CheckConstraint("status IN ('new', 'contacted', 'enrolled', 'declined', 'withdrawn')", name="status_known"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=public_id)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    level: Mapped[str] = mapped_column(String(20))
    major: Mapped[str | None] = mapped_column(String(80))
    schooling: Mapped[str | None] = mapped_column(String(20))
    phone: Mapped[str | None] = mapped_column(String(20), index=True)
    status: Mapped[str] = mapped_column(String(12), default="new", index=True)
    one_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    source_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime] = mapped_column(AwareDateTime)
    changed_at: Mapped[datetime] = mapped_column(AwareDateTime)


class SchoolClaim(Base):
    """A claim of the subsidy after graduation, and how far it is.

    `status`: preparing, submitted, returned, approved, paid. `documents`: the items of the checklist that
    the person says are at hand. `note`: what staff wrote when they changed the status.
    """

    __tablename__ = "school_claims"
    __table_args__ = (
        CheckConstraint("level IN ('junior_college', 'bachelor')", name="level_known"),
        CheckConstraint("status IN ('preparing', 'submitted', 'returned', 'approved', 'paid')", name="status_known"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=public_id)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    level: Mapped[str] = mapped_column(String(20))
    tuition_fen: Mapped[int | None] = mapped_column(BigInteger)
    union_member: Mapped[bool | None] = mapped_column(default=None)
    documents: Mapped[list[str]] = mapped_column(JSON, default=list)
    status: Mapped[str] = mapped_column(String(12), default="preparing", index=True)
    note: Mapped[str] = mapped_column(Text, default="")
    one_key: Mapped[str | None] = mapped_column(String(80), unique=True)
    source_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime] = mapped_column(AwareDateTime)
    changed_at: Mapped[datetime] = mapped_column(AwareDateTime)
