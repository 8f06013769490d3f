"""From the dialogue's replies (Rasa's shape) to what WeChat can show.

One inbound message has one passive reply, so the replies of a turn are merged into a fixed pattern: the
answer, then links, then choices as tappable lines. Rasa-style input, each item any of:

    text: str
    image: str                                   an absolute URL
    buttons: [{"title": str, "payload": str}]
    custom: {"card": {"title", "url", "description"?, "image"?},     one page worth opening
             "links": [{"title", "url"}],
             "media_id": str,                    an image the operator has uploaded to the platform
             "handover": true}                   give the conversation to the platform's seats (by setting)

A `url` is absolute, or a path of ours (``/map?…``) that is completed with PUBLIC_BASE_URL. A quick reply is a
`bizmsgmenu` link: it needs no API permission and comes back as a text with `bizmsgmenuid`, the place of the
button in the turn (1 = first).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bot.wechat.xml import cdata, clean

MAX_TEXT = 2000  # bytes of UTF-8; above 2048 the platform shows nothing at all
MAX_CHOICES = 1100  # bytes that tappable lines may take; further ones are plain lines
MAX_TITLE = 64  # bytes, of a news card
MAX_DESCRIPTION = 360  # bytes; what a card shows without being opened
MAX_MARKS = 24  # characters that may belong to one shown character
MORE_WORD = "继续"

_SENTENCE_ENDS = "。！？!?；;…\n"
_PAUSES = "，,、：: "
_URL = re.compile(r"https?://[^\s<>\"“”，。；！？（）]+")
_PIN = "https://apis.map.qq.com/uri/v1/marker?"
_PIN_ADDRESS = re.compile(r";addr:[^&;]*")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_BLANKS = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class TextReply:
    """Text with our own link markup in it; at most MAX_TEXT bytes."""

    content: str


@dataclass(frozen=True)
class NewsReply:
    """One card. The platform allows one article in answer to a message."""

    title: str
    description: str
    url: str
    picture: str = ""


@dataclass(frozen=True)
class ImageReply:
    media_id: str


@dataclass(frozen=True)
class TransferReply:
    """Hands the conversation to the platform's own customer-service seats."""


Reply = TextReply | NewsReply | ImageReply | TransferReply


@dataclass(frozen=True)
class Choice:
    title: str
    id: str


@dataclass(frozen=True)
class Link:
    title: str
    url: str


@dataclass(frozen=True)
class Turn:
    """The replies of one turn, merged."""

    text: str
    links: tuple[Link, ...] = ()
    choices: tuple[Choice, ...] = ()
    card: NewsReply | None = None
    media_id: str | None = None
    handover: bool = False

    def card_as_link(self) -> tuple[Link, ...]:
        return (Link(self.card.title, self.card.url),) if self.card else ()


def merge(responses: Iterable[dict[str, Any]], *, base_url: str | None = None) -> Turn:
    """The parts of all replies of a turn, in order. What has no address of its own is left out."""
    texts: list[str] = []
    links: list[Link] = []
    choices: list[Choice] = []
    cards: list[NewsReply] = []
    media_id: str | None = None
    handover = False
    number = 0
    for response in responses:
        if text := plain(str(response.get("text") or "")):
            texts.append(text)
        for button in response.get("buttons") or ():
            number += 1
            title = plain(str(button.get("title") or ""))
            if title and all(title != choice.title for choice in choices):
                choices.append(Choice(title, str(number)))
        if picture := absolute(response.get("image"), base_url):
            cards.append(NewsReply(title="图片", description="", url=picture, picture=picture))
        custom = response.get("custom")
        if isinstance(custom, dict):
            if card := _card(custom.get("card"), base_url):
                cards.append(card)
            links += [link for item in custom.get("links") or () if (link := _link(item, base_url))]
            media_id = str(custom["media_id"]) if custom.get("media_id") else media_id
            handover = handover or bool(custom.get("handover"))
    text = _BLANKS.sub("\n\n", "\n\n".join(texts))
    alone = len(cards) == 1 and not links and not choices and _size(text) <= MAX_DESCRIPTION
    if not alone:
        links = [*(Link(card.title, card.url) for card in cards), *links]
    return Turn(text, tuple(links), tuple(choices), cards[0] if alone else None, media_id, handover)


def render(turn: Turn) -> list[Reply]:
    """What to send, the first at once and the others when the person asks for more. Empty: nothing to say."""
    replies: list[Reply] = []
    if turn.media_id and not turn.text:
        return [ImageReply(turn.media_id)]
    if turn.card:
        return [_with_text(turn.card, turn.text)]
    if turn.text or turn.links or turn.choices:
        replies += [TextReply(page) for page in split(turn.text, _tail(turn))]
    if turn.media_id:
        replies.append(ImageReply(turn.media_id))
    return replies


def render_responses(responses: Sequence[dict[str, Any]], *, base_url: str | None = None) -> list[Reply]:
    return render(merge(responses, base_url=base_url))


def plain(text: str) -> str:
    """Text of a reply: no characters that break XML, nothing that WeChat would read as markup."""
    return _TAG.sub("＜", clean(text).replace("\r\n", "\n").replace("\r", "\n")).strip()


def absolute(url: object, base_url: str | None) -> str | None:
    """The address a phone can open, or None."""
    if not isinstance(url, str) or not url:
        return None
    if url.startswith("/") and not url.startswith("//"):
        return base_url.rstrip("/") + url if base_url else None
    return url if url.startswith(("https://", "http://")) else None


def quick_reply(title: str, number: str) -> str:
    """A line that, tapped, sends its own words."""
    target = f"weixin://bizmsgmenu?msgmenucontent={quote(title, safe='')}&msgmenuid={number}"
    return f'<a href="{target}">{title}</a>'


def split(text: str, tail: str = "") -> list[str]:
    """Pages of at most MAX_TEXT bytes, cut at sentence ends; each but the last offers to go on.

    `tail` (links and choices) stands under the last page, never torn.
    """
    more = f"\n\n（还有，点 {quick_reply(MORE_WORD, '0')} 或回复“{MORE_WORD}”）"
    pages: list[str] = []
    rest = text
    while _size(_join(rest, tail)) > MAX_TEXT:
        room = MAX_TEXT - _size(more)
        # when only the tail is too much, half of the rest moves over: choices do not stand alone on a page
        head, rest = cut(rest, room if _size(rest) > room else _size(rest) // 2)
        pages.append(head + more)
    return [*pages, _join(rest, tail)]


def cut(text: str, limit: int) -> tuple[str, str]:
    """Split at most `limit` bytes from the front: after a sentence, else a pause, else between characters."""
    end = len(text.encode()[:limit].decode(errors="ignore"))
    if end >= len(text):
        return text, ""
    best = end
    for marks, at_least in ((_SENTENCE_ENDS, end // 3), (_PAUSES, end * 2 // 3)):
        found = max(text.rfind(mark, 0, end) for mark in marks) + 1
        if found > at_least:
            best = found
            break
    for url in _URL.finditer(text):
        if url.start() < best < url.end() and url.start() > 0:
            best = url.start()
    best = _between_characters(text, best)
    return text[:best].rstrip(), text[best:].lstrip()


def to_xml(reply: Reply, *, to_user: str, from_user: str, created: int) -> str:
    """The passive reply. `created` in epoch seconds."""
    head = (
        f"<xml><ToUserName>{cdata(to_user)}</ToUserName><FromUserName>{cdata(from_user)}</FromUserName>"
        f"<CreateTime>{created}</CreateTime>"
    )
    match reply:
        case TextReply(content):
            body = f"<MsgType><![CDATA[text]]></MsgType><Content>{cdata(content)}</Content>"
        case NewsReply(title, description, url, picture):
            body = (
                "<MsgType><![CDATA[news]]></MsgType><ArticleCount>1</ArticleCount><Articles><item>"
                f"<Title>{cdata(title)}</Title><Description>{cdata(description)}</Description>"
                f"<PicUrl>{cdata(picture)}</PicUrl><Url>{cdata(url)}</Url></item></Articles>"
            )
        case ImageReply(media_id):
            body = f"<MsgType><![CDATA[image]]></MsgType><Image><MediaId>{cdata(media_id)}</MediaId></Image>"
        case TransferReply():
            body = "<MsgType><![CDATA[transfer_customer_service]]></MsgType>"
    return f"{head}{body}</xml>"


def _between_characters(text: str, position: int) -> int:
    """The nearest place before `position` that tears no accent or emoji from its base; not far back, though."""
    for back in range(min(MAX_MARKS, position - 1)):
        if not _joins(text[position - back]) and text[position - back - 1] != "\u200d":
            return position - back
    return position


def _with_text(card: NewsReply, text: str) -> NewsReply:
    return NewsReply(
        title=cut(card.title, MAX_TITLE)[0],
        description=text or cut(card.description, MAX_DESCRIPTION)[0],
        url=card.url,
        picture=card.picture,
    )


def _card(value: object, base_url: str | None) -> NewsReply | None:
    if not isinstance(value, dict):
        return None
    url = absolute(value.get("url"), base_url)
    title = plain(str(value.get("title") or ""))
    if not url or not title:
        return None
    return NewsReply(
        title=title,
        description=plain(str(value.get("description") or "")),
        url=url,
        picture=absolute(value.get("image"), base_url) or "",
    )


def _link(value: object, base_url: str | None) -> Link | None:
    if not isinstance(value, dict):
        return None
    url = absolute(value.get("url"), base_url)
    title = plain(str(value.get("title") or ""))
    return Link(title, url) if url and title else None


def _tail(turn: Turn) -> str:
    """What stands under the text: links, then choices. The last links go when all would not fit one page.

    They are the least needed: the choices lead to the same places.
    """
    choices = _choices(turn.choices)
    lines = [f'→ <a href="{_attribute(link.url)}">{link.title}</a>' for link in turn.links]
    while len(lines) > 1 and _size(_join(_join(turn.text, "\n".join(lines)), choices)) > MAX_TEXT:
        lines.pop()
    if lines and _size(_join(lines[0], choices)) > MAX_TEXT:
        lines.pop()
    return _join("\n".join(lines), choices)


def _choices(choices: Sequence[Choice]) -> str:
    lines: list[str] = []
    room = MAX_CHOICES
    for choice in choices:
        line = f"▸ {quick_reply(choice.title, choice.id)}"
        if _size(line) > room:
            line = f"▸ {choice.title}"  # typing it works as well
        if _size(line) > room:
            break
        room -= _size(line) + 1
        lines.append(line)
    return "\n".join(lines)


def _attribute(url: str) -> str:
    # the address in a map pin costs nine bytes a character; its name is enough to see the place
    url = _PIN_ADDRESS.sub("", url) if url.startswith(_PIN) else url
    return url.replace('"', "%22").replace("<", "%3C").replace(">", "%3E").replace(" ", "%20")


def _join(text: str, tail: str) -> str:
    return f"{text}\n\n{tail}" if text and tail else text or tail


def _size(text: str) -> int:
    return len(text.encode())


def _joins(character: str) -> bool:
    """True for what belongs to the character before it (accents, emoji modifiers, joiners)."""
    return (
        unicodedata.combining(character) != 0
        or unicodedata.category(character) in ("Mn", "Me")
        or character in "\u200d\ufe0e\ufe0f"
        or "\U0001f3fb" <= character <= "\U0001f3ff"
    )
