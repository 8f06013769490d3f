"""Members of staff who work in the console, their sessions, and the audit of what they saw and changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import DDL, JSON, CheckConstraint, ForeignKey, Index, String, event
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import AwareDateTime, Base, public_id

ROLES = ("seat", "editor", "supervisor", "auditor", "admin")


class StaffUser(Base):
    """`name` is what one logs in with. `totp_step`: the last used time step, so that a code works once."""

    __tablename__ = "staff_users"
    __table_args__ = (
        CheckConstraint("role IN ('seat', 'editor', 'supervisor', 'auditor', 'admin')", name="role_known"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=public_id)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    display_name: Mapped[str] = mapped_column(String(40))
    role: Mapped[str] = mapped_column(String(12))
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change: Mapped[bool] = mapped_column(default=False)
    totp_secret: Mapped[str | None] = mapped_column(String(64))
    totp_step: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(AwareDateTime)
    last_login_at: Mapped[datetime | None] = mapped_column(AwareDateTime)


class StaffSession(Base):
    """Only the SHA-256 of the token is kept; `id` is what pages name the session by."""

    __tablename__ = "staff_sessions"
    __table_args__ = (Index(None, "user_id", "ended_at"),)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("staff_users.id", ondelete="CASCADE"))
    csrf: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(45))
    created_at: Mapped[datetime] = mapped_column(AwareDateTime)
    seen_at: Mapped[datetime] = mapped_column(AwareDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(AwareDateTime)


class LoginGuard(Base):
    """Failed log-ins of a `name:…`, whether there is such an account or not, or from an `address:…`."""

    __tablename__ = "login_guards"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    failed: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime] = mapped_column(AwareDateTime, index=True)
    locked_until: Mapped[datetime | None] = mapped_column(AwareDateTime)


class AuditEntry(Base):
    """Append-only: the database itself refuses to change or delete a row. Holds ids and words of ours, never
    what a worker wrote, no phone and no name."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index(None, "at"),
        Index(None, "staff_id", "at"),
        Index(None, "object_kind", "object_id"),
        Index(None, "action", "at"),
        Index(None, "action", "id", postgresql_ops={"action": "text_pattern_ops"}),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(AwareDateTime)
    staff_id: Mapped[str | None] = mapped_column(String(32))
    staff_name: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(45), default="")
    action: Mapped[str] = mapped_column(String(40))
    object_kind: Mapped[str] = mapped_column(String(24), default="")
    object_id: Mapped[str] = mapped_column(String(80), default="")
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


APPEND_ONLY_SQLITE = tuple(
    f"CREATE TRIGGER audit_entries_no_{verb.lower()} BEFORE {verb} ON audit_entries "
    "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
    for verb in ("UPDATE", "DELETE")
)
APPEND_ONLY_POSTGRES = (
    "CREATE FUNCTION audit_entries_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$",
    "CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE ON audit_entries "
    "FOR EACH ROW EXECUTE FUNCTION audit_entries_append_only()",
)

for _dialect, _statements in (("sqlite", APPEND_ONLY_SQLITE), ("postgresql", APPEND_ONLY_POSTGRES)):
    for _statement in _statements:
        event.listen(
            AuditEntry.__table__,
            "after_create",
            DDL(_statement).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
        )
event.listen(
    AuditEntry.__table__,
    "after_drop",
    DDL("DROP FUNCTION IF EXISTS audit_entries_append_only()").execute_if(  # type: ignore[no-untyped-call]
        dialect="postgresql"
    ),
)
