"""Notices outside the chat's windows: template messages and subscription notices.

Source: developers.weixin.qq.com, "模板消息" (verified service accounts) and "订阅通知". Both need a template
that the operator has chosen on the platform; its field names differ from account to account, so the setting
WECHAT_NOTICE names them:

    template:<template id>:thing1=subject,thing2=text,time3=time
    subscribe:<template id>:thing1=subject,thing2=text

subject, text and time are what we have to say; without the setting a notice waits for the next message.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.services.clock import SHANGHAI
from bot.wechat.api import WechatApi

SUBJECT = "服务进展提醒"
MAX_THING = 20  # characters of a `thing` field; longer ones are refused by the platform
_SETTING = re.compile(r"(template|subscribe):([A-Za-z0-9_\-]{10,64}):(.+)")
_FIELD = re.compile(r"([A-Za-z_]+\d*)=(subject|text|time)")


@dataclass(frozen=True)
class NoticeTemplate:
    kind: Literal["template", "subscribe"]
    template_id: str
    fields: tuple[tuple[str, str], ...]  # (field of the template, subject | text | time)

    @classmethod
    def read(cls, setting: str) -> NoticeTemplate:
        """ValueError with what the setting must be."""
        match = _SETTING.fullmatch(setting.strip())
        if match:
            parts = [_FIELD.fullmatch(part.strip()) for part in match[3].split(",")]
            fields = tuple((part[1], part[2]) for part in parts if part)
            if len(fields) == len(parts):
                kind: Literal["template", "subscribe"] = "template" if match[1] == "template" else "subscribe"
                return cls(kind, match[2], fields)
        raise ValueError("template:<id>:thing1=subject,thing2=text or subscribe:<id>:thing1=text")

    def values(self, text: str, now: datetime) -> dict[str, str]:
        """The fields of one notice. The text is one line, cut to what the platform takes."""
        said = {
            "subject": SUBJECT,
            "text": shortened(text),
            "time": f"{now.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        }
        return {name: said[what] for name, what in self.fields}


def shortened(text: str) -> str:
    """The first sentence in at most MAX_THING characters."""
    first = re.split(r"[\n。！？]", text.strip(), maxsplit=1)[0].strip()
    return first if len(first) <= MAX_THING else first[: MAX_THING - 1] + "…"


async def send_notice(
    api: WechatApi, template: NoticeTemplate, openid: str, text: str, now: datetime, *, key: str
) -> None:
    """Send one notice. key: of the message it tells of; the platform drops a second one. ApiError."""
    values = template.values(text, now)
    if template.kind == "template":
        once = hashlib.sha256(key.encode()).hexdigest()[:32]
        await api.send_template(openid, template.template_id, values, once=once)
    else:
        await api.send_subscribed(openid, template.template_id, values)
