"""Messages and replies as JSON, for the rows that must survive this process."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from bot.wechat import messages, render
from bot.wechat.messages import Inbound
from bot.wechat.render import Reply

_MESSAGES: dict[str, type[Inbound]] = {kind.__name__: kind for kind in Inbound.__subclasses__()}
_REPLIES: dict[str, type[Any]] = {
    kind.__name__: kind for kind in (render.TextReply, render.NewsReply, render.ImageReply, render.TransferReply)
}


def save_message(message: Inbound) -> dict[str, Any]:
    return {"kind": type(message).__name__, **asdict(message)}


def load_message(saved: dict[str, Any]) -> messages.Inbound:
    """KeyError, TypeError for what was not saved by `save_message`."""
    fields = dict(saved)
    return _MESSAGES[fields.pop("kind")](**fields)


def save_reply(reply: Reply) -> dict[str, Any]:
    return {"reply": type(reply).__name__, **asdict(reply)}


def load_reply(saved: dict[str, Any]) -> Reply:
    """KeyError, TypeError for what was not saved by `save_reply`."""
    fields = dict(saved)
    reply: Reply = _REPLIES[fields.pop("reply")](**fields)
    return reply
