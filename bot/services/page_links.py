"""Links to one person's page (a ticket, a booking) that is opened from the chat without signing in.

The link itself is the key: it names the page and the person, ends after half an hour and is sealed with the
secret of the installation. What it shows is looked up as that person's, so a number alone opens nothing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Kind = Literal["ticket", "booking"]
KINDS: tuple[Kind, ...] = ("ticket", "booking")

LIFE = timedelta(minutes=30)
PATH = "/p/"
_MAX_TOKEN = 400  # characters


class BadLink(ValueError):
    """Not a link of ours."""


class ExpiredLink(BadLink):
    """It was one, and its time is over."""


@dataclass(frozen=True)
class Page:
    kind: Kind
    number: str
    person_id: str


class PageLinks:
    def __init__(self, secret_key: str) -> None:
        self._key = hmac.new(secret_key.encode(), b"page-link", hashlib.sha256).digest()

    def path(self, page: Page, now: datetime) -> str:
        """The path of the page, good for LIFE."""
        ends = int((now + LIFE).timestamp())
        body = _encode(json.dumps([page.kind, page.number, page.person_id, ends]).encode())
        return f"{PATH}{body}.{self._seal(body)}"

    def read(self, token: str, now: datetime) -> Page:
        """The page behind what follows PATH. BadLink, ExpiredLink."""
        body, dot, seal = token.partition(".")
        if not dot or len(token) > _MAX_TOKEN:
            raise BadLink("shape")
        if not hmac.compare_digest(self._seal(body).encode(), seal.encode("utf-8", "replace")):
            raise BadLink("seal")
        try:
            kind, number, person_id, ends = json.loads(_decode(body))
        except (ValueError, TypeError, binascii.Error) as error:
            raise BadLink("content") from error
        if now.timestamp() > ends:
            raise ExpiredLink(kind)
        if kind not in KINDS:
            raise BadLink("kind")
        return Page(kind, number, person_id)

    def _seal(self, body: str) -> str:
        return _encode(hmac.new(self._key, body.encode("utf-8", "replace"), hashlib.sha256).digest())


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
