"""What the desk knows and learns: versions of answers and of guided questions, calls, questions to be reviewed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
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

ANSWER_STATES = ("pending", "approved", "rejected", "superseded")
REVIEW_REASONS = ("low_confidence", "disliked", "no_answer")
REVIEW_STATES = ("open", "labelled", "exported", "dismissed")


class AnswerVersion(Base):
    """One edit of a topic's answer; number 0 is the answer in data/nlu and has no row.

    `basis`: the number it was written over. `buttons`: title and payload. `open_key` is the topic while the
    edit waits for a second person, `live_key` while it is the approved one: at most one of each a topic.
    """

    __tablename__ = "answer_versions"
    __table_args__ = (
        UniqueConstraint("topic", "number"),
        CheckConstraint("state IN ('pending', 'approved', 'rejected', 'superseded')", name="state_known"),
        CheckConstraint(
            "decided_by_id IS NULL OR state <> 'approved' OR decided_by_id <> author_id", name="two_people"
        ),
        Index(None, "state", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=public_id)
    topic: Mapped[str] = mapped_column(String(60))
    number: Mapped[int] = mapped_column(Integer)
    basis: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    buttons: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    source: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(String(120))
    owner: Mapped[str] = mapped_column(String(60))
    effective: Mapped[date] = mapped_column(Date)
    review: Mapped[date] = mapped_column(Date)
    note: Mapped[str] = mapped_column(String(400), default="")
    state: Mapped[str] = mapped_column(String(12), default="pending")
    author_id: Mapped[str] = mapped_column(String(32))
    author: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(AwareDateTime)
    decided_by_id: Mapped[str | None] = mapped_column(String(32))
    decided_by: Mapped[str | None] = mapped_column(String(40))
    decided_at: Mapped[datetime | None] = mapped_column(AwareDateTime)
    decision: Mapped[str] = mapped_column(String(400), default="")
    open_key: Mapped[str | None] = mapped_column(String(60), unique=True)
    live_key: Mapped[str | None] = mapped_column(String(60), unique=True)


class GuidedVersion(Base):
    """One edit of a tree of guided questions as YAML; the highest number is the one in use."""

    __tablename__ = "guided_versions"
    __table_args__ = (UniqueConstraint("tree", "number"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=public_id)
    tree: Mapped[str] = mapped_column(String(24))
    number: Mapped[int] = mapped_column(Integer)
    source: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(String(400), default="")
    author_id: Mapped[str] = mapped_column(String(32))
    author: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(AwareDateTime)


class GuidedCall(Base):
    """One walk through a tree during a call. Holds nothing the caller said, only which answers were picked.

    `path`: [{"node": …, "answer": 1-based number}]; `ended_in`: the node it ended in; `result_kind` and
    `result_no`: what was opened for the caller at its end.
    """

    __tablename__ = "guided_calls"
    __table_args__ = (Index(None, "staff_id", "started_at"), Index(None, "tree", "started_at"))

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=public_id)
    tree: Mapped[str] = mapped_column(String(24))
    number: Mapped[int] = mapped_column(Integer)
    staff_id: Mapped[str] = mapped_column(String(32))
    staff: Mapped[str] = mapped_column(String(40))
    path: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    ended_in: Mapped[str | None] = mapped_column(String(40))
    result_kind: Mapped[str | None] = mapped_column(String(24))
    result_no: Mapped[str | None] = mapped_column(String(40))
    started_at: Mapped[datetime] = mapped_column(AwareDateTime)
    changed_at: Mapped[datetime] = mapped_column(AwareDateTime)


class ReviewItem(Base):
    """A question the bot did badly on, without numbers and names. `guess`: what the model took it for.

    `turn_id`: the turn of the transcript, None when a seat recorded it.
    """

    __tablename__ = "review_items"
    __table_args__ = (
        CheckConstraint("reason IN ('low_confidence', 'disliked', 'no_answer')", name="reason_known"),
        CheckConstraint("state IN ('open', 'labelled', 'exported', 'dismissed')", name="state_known"),
        Index(None, "state", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=public_id)
    text: Mapped[str] = mapped_column(Text)
    guess: Mapped[str] = mapped_column(String(60), default="")
    confidence: Mapped[float] = mapped_column(Float, default=0.0)
    reason: Mapped[str] = mapped_column(String(16))
    turn_id: Mapped[int | None] = mapped_column(ForeignKey("transcript.id", ondelete="SET NULL"), unique=True)
    recorded_by: Mapped[str | None] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(12), default="open")
    topic: Mapped[str | None] = mapped_column(String(60))
    reviewed_by: Mapped[str | None] = mapped_column(String(40))
    reviewed_at: Mapped[datetime | None] = mapped_column(AwareDateTime)
    created_at: Mapped[datetime] = mapped_column(AwareDateTime)


class TurnHour(Base):
    """How many turns of a topic there were in a whole hour that is over (dashboard)."""

    __tablename__ = "turn_hours"

    hour: Mapped[datetime] = mapped_column(AwareDateTime, primary_key=True)
    topic: Mapped[str] = mapped_column(String(60), primary_key=True)
    turns: Mapped[int] = mapped_column(Integer)


class LatencyHour(Base):
    """How many turns of an hour took how long; `bucket` as in `bot.services.turn_hours.bucket_of`."""

    __tablename__ = "latency_hours"

    hour: Mapped[datetime] = mapped_column(AwareDateTime, primary_key=True)
    bucket: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    turns: Mapped[int] = mapped_column(Integer)


class CountedHour(Base):
    """An hour whose turns are counted in `turn_hours` and `latency_hours`."""

    __tablename__ = "counted_hours"

    hour: Mapped[datetime] = mapped_column(AwareDateTime, primary_key=True)
