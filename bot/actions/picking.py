"""Answers to a form's open question that are short for something else: the number of a choice, an order, a new value."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace

from bot.actions.base import Choice, Heard
from bot.actions.wording import wants_to_park
from bot.language import find_numbers, normalise

_NTH = re.compile(
    r"(?:我?(?:选|要)|就|那)*(?:第\s*(?P<nth>[一二两三四五六七八九1-9])\s*(?:个|项|种|条)|(?P<bare>[1-9])|(?P<last>最后(?:一|那)?(?:个|项|种)))"
    r"(?:那个)?[吧呗啊呀的]*[。!！]?"
)
_ORDER = re.compile(
    r"(?:那|就|好|行|请|麻烦|帮我|给我|替我|帮忙|我就?要|我想要?|你|您|先|现在)*"
    r"(?:给我回电话?|回(?:个)?电话?|打(?:个)?电话(?:给我)?|联系我|登记|报(?:个|一个)?名|申请|参加|加入|预约|约|办|报)(?:一下子?|一个|个|吧|了|呗|的|上)*[。!！]?"
)
NAMED_SLACK = 2  # characters that may stand around the title of a choice
# without one of these nothing says that a form shall be left, whatever the understanding takes a few words for
_STAYS = re.compile(r"别(?:废话|啰嗦|磨|扯|急|催)|(?:帮|给)我(?:弄|办|搞|填|报)|快(?:点|弄|办|填)")
_LEAVES = re.compile(
    r"[不别没莫冇勿甭止退弃停撤滚]|算|罢|拉倒|取消|结束|改天|以后|下次|回头|再说|stop|quit|cancel|exit"
)


def as_tapped(heard: Heard, choices: Sequence[Choice]) -> Heard | None:
    """ "2", "第二个", "最后一个" under a question with choices: the message as if that one had been tapped."""
    folded = normalise(heard.text).text.strip()
    named = [payload for title, payload in choices if title in folded and len(folded) <= len(title) + NAMED_SLACK]
    if len(named) == 1 and not re.search(r"[不没别]", folded):
        return _of_payload(heard, named[0])  # "先加入吧"
    found = _NTH.fullmatch(folded)
    if found is None or len(choices) < 2:
        return None
    number = len(choices) if found["last"] else int(find_numbers(found["nth"] or found["bare"])[0].low)
    if number > len(choices):
        return None
    payload = choices[number - 1][1]
    return _of_payload(heard, payload)


def _of_payload(heard: Heard, payload: str) -> Heard | None:
    if payload in ("/affirm", "/deny"):
        return replace(heard, text=payload, topic=payload.removeprefix("/"), entities=[])
    match = re.fullmatch(r"/inform(?::(?P<do>[a-z_]+)|(?P<values>\{.*\}))", payload)
    if match is None:
        return None
    values = json.loads(match["values"]) if match["values"] else {}
    entities = [{"entity": name, "value": value, "extractor": "payload"} for name, value in values.items()]
    parse = {**heard.parse, "do": match["do"]}
    return replace(heard, text=payload, topic="inform", entities=entities, parse=parse)


def is_bare_order(text: str) -> bool:
    """ "给我报名", "我要加入": an order that names nothing, so inside a form it is for that form."""
    return bool(_ORDER.fullmatch(normalise(text).text.strip()))


def may_leave(text: str) -> bool:
    """Whether anything in the words says that what runs shall stop; a tapped choice does."""
    folded = normalise(text).text
    stays = _STAYS.search(folded) and not re.search(r"算了|取消|停|退", folded)
    return text.startswith("/") or bool(not stays and _LEAVES.search(folded)) or wants_to_park(folded.strip())
