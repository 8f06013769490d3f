"""What the platform sends, as one frozen type per message or event.

Source: developers.weixin.qq.com, "接收普通消息", "接收事件推送". Every field is checked before it is used; a
message that breaks its form is `Malformed`. `key` names one delivery for the inbox: MsgId alone collides
across people, events have none.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypedDict

from bot.wechat.xml import Malformed, read_fields

_NAME = re.compile(r"[A-Za-z0-9_@.\-]{1,64}")
_INTEGER = re.compile(r"[0-9]{1,20}")
_DEGREES = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,16})?")
_NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,16})?")
_MEDIA = re.compile(r"[A-Za-z0-9_\-]{1,256}")
_CHOICE = re.compile(r"[A-Za-z0-9_\-]{1,64}")

SCENE_PREFIX = "qrscene_"


@dataclass(frozen=True, kw_only=True)
class Inbound:
    """Every message: whom it is to (our account), who wrote it (openid), when (epoch seconds)."""

    to_user: str
    from_user: str
    created: int
    key: str


@dataclass(frozen=True, kw_only=True)
class Text(Inbound):
    """`menu_id` is set when the text comes from a tap on a quick reply."""

    content: str
    menu_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Image(Inbound):
    media_id: str
    pic_url: str


@dataclass(frozen=True, kw_only=True)
class Voice(Inbound):
    """`recognition` is what the platform heard; the field is being retired and is mostly empty."""

    media_id: str
    format: str
    recognition: str


@dataclass(frozen=True, kw_only=True)
class Video(Inbound):
    """A video or a short video."""

    media_id: str


@dataclass(frozen=True, kw_only=True)
class Location(Inbound):
    """A place the person chose to send. Degrees GCJ-02."""

    lat: float
    lng: float
    label: str


@dataclass(frozen=True, kw_only=True)
class Link(Inbound):
    title: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Other(Inbound):
    """A kind of message that has no meaning here."""

    kind: str


@dataclass(frozen=True, kw_only=True)
class Subscribe(Inbound):
    """`scene` is that of the QR code which was scanned (``S0001``), without the platform's prefix."""

    scene: str | None


@dataclass(frozen=True, kw_only=True)
class Unsubscribe(Inbound):
    pass


@dataclass(frozen=True, kw_only=True)
class Scan(Inbound):
    """A follower scanned a QR code of ours."""

    scene: str


@dataclass(frozen=True, kw_only=True)
class Position(Inbound):
    """The LOCATION event: where the phone is, unasked. Degrees WGS-84, precision metres."""

    lat: float
    lng: float
    precision: float


@dataclass(frozen=True, kw_only=True)
class Click(Inbound):
    menu_key: str


@dataclass(frozen=True, kw_only=True)
class View(Inbound):
    url: str


@dataclass(frozen=True, kw_only=True)
class HandoverClosed(Inbound):
    """The platform's own customer-service seat ended the conversation."""


@dataclass(frozen=True, kw_only=True)
class Notice(Inbound):
    """An event that asks for nothing (a template message arrived, a seat took over, …)."""

    name: str


class _Fields:
    """Typed access to the flat fields."""

    def __init__(self, fields: dict[str, str]) -> None:
        self._fields = fields

    def text(self, tag: str, *, needed: bool = True) -> str:
        value = self._fields.get(tag)
        if value is None:
            if needed:
                raise Malformed(f"no {tag}")
            return ""
        return value

    def matching(self, tag: str, pattern: re.Pattern[str]) -> str:
        value = self.text(tag).strip()
        if not pattern.fullmatch(value):
            raise Malformed(f"bad {tag}")
        return value

    def integer(self, tag: str) -> int:
        return int(self.matching(tag, _INTEGER))

    def degrees(self, tag: str, limit: float) -> float:
        value = float(self.matching(tag, _DEGREES))
        if not math.isfinite(value) or abs(value) > limit:
            raise Malformed(f"bad {tag}")
        return value


def parse(body: bytes | str) -> Inbound:
    """The message in a decrypted (or plain) body. Malformed when it is none."""
    fields = _Fields(read_fields(body))
    kind = fields.text("MsgType").strip().lower()
    return _event(fields) if kind == "event" else _message(fields, kind)


def delivery_key(*parts: str | int) -> str:
    """One fixed-length name for a delivery; it carries no openid into the tables that remember it."""
    digest = hashlib.sha256(json.dumps(parts).encode("utf-8", "replace")).hexdigest()
    return f"wx:{digest}"


class _Head(TypedDict):
    to_user: str
    from_user: str
    created: int
    key: str


def _head(fields: _Fields, *rest: str | int) -> _Head:
    to_user = fields.matching("ToUserName", _NAME)
    from_user = fields.matching("FromUserName", _NAME)
    created = fields.integer("CreateTime")
    return {
        "to_user": to_user,
        "from_user": from_user,
        "created": created,
        "key": delivery_key(to_user, from_user, created, *rest),
    }


def _message(fields: _Fields, kind: str) -> Inbound:
    head = _head(fields, fields.integer("MsgId"))
    build = _MESSAGES.get(kind)
    return build(fields, head) if build else Other(**head, kind=kind[:20])


def _text(fields: _Fields, head: _Head) -> Inbound:
    menu_id = fields.text("bizmsgmenuid", needed=False).strip()
    return Text(
        **head,
        content=fields.text("Content"),
        menu_id=menu_id if _CHOICE.fullmatch(menu_id) else None,
    )


def _image(fields: _Fields, head: _Head) -> Inbound:
    pic_url = fields.text("PicUrl", needed=False).strip()[:1024]
    return Image(**head, media_id=fields.matching("MediaId", _MEDIA), pic_url=pic_url)


def _voice(fields: _Fields, head: _Head) -> Inbound:
    return Voice(
        **head,
        media_id=fields.matching("MediaId", _MEDIA),
        format=fields.text("Format", needed=False).strip().lower()[:10],
        recognition=fields.text("Recognition", needed=False).strip(),
    )


def _video(fields: _Fields, head: _Head) -> Inbound:
    return Video(**head, media_id=fields.matching("MediaId", _MEDIA))


def _location(fields: _Fields, head: _Head) -> Inbound:
    return Location(
        **head,
        lat=fields.degrees("Location_X", 90.0),  # the platform's X is the latitude
        lng=fields.degrees("Location_Y", 180.0),
        label=fields.text("Label", needed=False).strip()[:200],
    )


def _link(fields: _Fields, head: _Head) -> Inbound:
    return Link(
        **head,
        title=fields.text("Title", needed=False).strip()[:200],
        url=fields.text("Url", needed=False).strip()[:1024],
    )


_MESSAGES: dict[str, Callable[[_Fields, _Head], Inbound]] = {
    "text": _text,
    "image": _image,
    "voice": _voice,
    "video": _video,
    "shortvideo": _video,
    "location": _location,
    "link": _link,
}


def _event(fields: _Fields) -> Inbound:
    name = fields.text("Event").strip().lower()
    event_key = fields.text("EventKey", needed=False).strip()
    head = _head(fields, name, event_key)
    if name == "subscribe":
        scene = event_key.removeprefix(SCENE_PREFIX) if event_key.startswith(SCENE_PREFIX) else None
        return Subscribe(**head, scene=_scene(scene) if scene else None)
    if name == "unsubscribe":
        return Unsubscribe(**head)
    if name == "scan":
        return Scan(**head, scene=_scene(event_key))
    if name == "location":
        return Position(
            **head,
            lat=fields.degrees("Latitude", 90.0),
            lng=fields.degrees("Longitude", 180.0),
            precision=abs(float(fields.matching("Precision", _NUMBER))),
        )
    if name == "click":
        if not 1 <= len(event_key.encode("utf-8", "replace")) <= 128:
            raise Malformed("bad EventKey")
        return Click(**head, menu_key=event_key)
    if name == "view":
        return View(**head, url=event_key[:1024])
    if name == "kf_close_session":
        return HandoverClosed(**head)
    return Notice(**head, name=name[:40])


def _scene(text: str) -> str:
    if len(text) > 64:
        raise Malformed("bad scene")
    return text
