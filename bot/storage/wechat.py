"""What the WeChat channel must remember about a conversation beyond the dialogue itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import AwareDateTime, Base


class WechatChat(Base):
    """One follower's chat: the platform's windows for pushing, and the pages of a reply not yet asked for.

    message_at opens 48 hours with 5 pushes, event_at (menu click, follow, scan) one minute with 3.
    """

    __tablename__ = "wechat_chats"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    message_at: Mapped[datetime | None] = mapped_column(AwareDateTime)
    message_pushes: Mapped[int] = mapped_column(default=0)
    event_at: Mapped[datetime | None] = mapped_column(AwareDateTime)
    event_pushes: Mapped[int] = mapped_column(default=0)
    pages: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))


class OwedReply(Base):
    """A message that was only acknowledged within the platform's five seconds; its real reply is owed.

    The row goes when the reply is in the outbox. A worker renews `lease_until` while it works; when it died,
    anyone takes the message up again.
    """

    __tablename__ = "wechat_owed_replies"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    message: Mapped[dict[str, Any]] = mapped_column(JSON)
    lease_until: Mapped[datetime] = mapped_column(AwareDateTime, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(AwareDateTime)
