"""A form that came back: its values, the key that makes a double click one effect, what it was made from.

form = await filled(request)
form.key("reply", number)   # the idempotency key of this form for this object
form.seen()                 # the version of the object that the form was made from
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from aiohttp import web
from multidict import MultiDictProxy

from bot.services.errors import Invalid

_KEY = re.compile(r"[A-Za-z0-9_-]{12,43}")


def new_key() -> str:
    """For a form that is shown: the same form sent twice has the same key."""
    return secrets.token_urlsafe(16)


@dataclass(frozen=True)
class Filled:
    values: MultiDictProxy[str | web.FileField]

    def text(self, name: str, longest: int = 2000) -> str:
        value = self.values.get(name, "")
        return value.replace("\x00", "").replace("\r\n", "\n").strip()[:longest] if isinstance(value, str) else ""

    def texts(self, name: str, most: int = 200) -> list[str]:
        found = self.values.getall(name, [])[:most]
        return [value.replace("\x00", "") for value in found if isinstance(value, str)]

    def raw_key(self) -> str:
        """Invalid for a form that has none: it is not one of ours."""
        given = self.text("key", 50)
        if not _KEY.fullmatch(given):
            raise Invalid("key", "页面不完整，请刷新后再试")
        return given

    def key(self, *parts: str) -> str:
        return ":".join(("desk", *parts, self.raw_key()))

    def seen(self) -> int:
        given = self.text("seen", 20)
        if not (given.isascii() and given.isdigit() and len(given) < 12):
            raise Invalid("seen", "页面不完整，请刷新后再试")
        return int(given)

    def seen_at(self) -> datetime:
        moment = self.moment("seen")
        if moment is None:
            raise Invalid("seen", "页面不完整，请刷新后再试")
        return moment

    def moment(self, name: str) -> datetime | None:
        """An aware moment as our forms write it; None for anything else."""
        try:
            moment = datetime.fromisoformat(self.text(name, 40))
        except ValueError:
            return None
        return moment if moment.tzinfo is not None and 2000 <= moment.year < 2200 else None


async def filled(request: web.Request) -> Filled:
    return Filled(cast("MultiDictProxy[str | web.FileField]", await request.post()))
