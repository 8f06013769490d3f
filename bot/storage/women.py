"""“骑手姐姐” (initiative 10): micro-homes, members of the alliance with their needs, screening sign-ups."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Float, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import AwareDateTime, Base, public_id
from bot.storage.reference import ReferenceRow


class MicroHome(ReferenceRow, Base):
    """A 妇女微家; the point is WGS-84 degrees. `services`: screening, family, tutoring, mental_care."""

    __tablename__ = "micro_homes"

    name: Mapped[str] = mapped_column(String(80))
    station_code: Mapped[str | None] = mapped_column(String(32))
    district: Mapped[str | None] = mapped_column(String(20))
    address: Mapped[str | None] = mapped_column(String(120))
    lng: Mapped[float | None] = mapped_column(Float)
    lat: Mapped[float | None] = mapped_column(Float)
    hours: Mapped[str | None] = mapped_column(String(120))
    services: Mapped[list[str]] = mapped_column(JSON, default=list)


class AllianceMember(Base):
    """Someone who joined the 巾帼互助联盟. `needs`: what they would like help with; `note` in their words.

    `status`: new, contacted, member, left. `one_key` is the phone while it counts.
    """

    __tablename__ = "alliance_members"
    __table_args__ = (CheckConstraint("status IN ('new', 'contacted', 'member', 'left')", name="status_known"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=public_id)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    phone: Mapped[str | None] = mapped_column(String(20), index=True)
    district: Mapped[str | None] = mapped_column(String(20), index=True)
    needs: Mapped[list[str]] = mapped_column(JSON, default=list)
    note: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[str] = mapped_column(String(12), default="new", index=True)
    one_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    source_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime] = mapped_column(AwareDateTime)
    changed_at: Mapped[datetime] = mapped_column(AwareDateTime)


class ScreeningSignup(Base):
    """A wish to be screened. `age_band`: under_35, 35_64, over_64; nothing more about the body is asked.

    `for_whom`: self or relative. `status`: new, contacted, scheduled, done, cancelled. `one_key` is
    "phone:age_band" while it counts.
    """

    __tablename__ = "screening_signups"
    __table_args__ = (
        CheckConstraint("age_band IN ('under_35', '35_64', 'over_64')", name="age_band_known"),
        CheckConstraint("for_whom IN ('self', 'relative')", name="for_whom_known"),
        CheckConstraint("status IN ('new', 'contacted', 'scheduled', 'done', 'cancelled')", name="status_known"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=public_id)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    for_whom: Mapped[str] = mapped_column(String(12))
    age_band: Mapped[str] = mapped_column(String(12))
    phone: Mapped[str | None] = mapped_column(String(20), index=True)
    wish: Mapped[str] = mapped_column(String(120), default="")
    status: Mapped[str] = mapped_column(String(12), default="new", index=True)
    one_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    source_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime] = mapped_column(AwareDateTime)
    changed_at: Mapped[datetime] = mapped_column(AwareDateTime)
