"""A phone number that is held, mended by its last digits: "最后一位是4", "尾号3334"."""

from __future__ import annotations

import re

from bot.language import find_phones, normalise
from bot.language.phone import to_digits

_NUMBER = r"(?:手机号?码?|电话号?码?|号码|联系方式|手机|电话|号)"
_WRONG = r"(?:打|写|填|说|发|记|输|留|弄|搞)?(?:错|不对|有误|反)(?:了|的)?"
_DIGITS = r"[\d零〇一二三四五六七八九幺两]"
_TAIL = re.compile(
    rf"(?:(?:最后|末尾?|后(?:面|头)?|尾(?:巴)?)(?:的)?(?:那|这)?(?P<count>[一二两三四1-4])?(?:个|位)(?:数字?|号码?)?|尾号|尾数|号尾"
    rf"|{_NUMBER}[^\d，,]{{0,12}}最后)"
    rf"(?:{_WRONG})?[\s，,]*(?:不是\s*{_DIGITS}{{1,4}}[\s，,]*而?)?(?:应该|应当|其实|要)?(?:是|为|改成|改为|换成|叫|:|：)*\s*"
    rf"(?P<digits>{_DIGITS}{{1,4}})(?!{_DIGITS}|[块元千万百个位号])(?:才对|才是|吧|的|啊|[，,。.!！\s]|$)"
)
_DOUBT = re.compile(
    rf"{_NUMBER}(?:好像|可能|我|也|有一?个?|那里|里|[，,\s]){{0,2}}(?:打|写|填|说|发|记|输|留|弄|搞)(?:错|漏|少|多|反)(?:了|的)"
)
_KINDS = {"一": 1, "1": 1, "二": 2, "两": 2, "2": 2, "三": 3, "3": 3, "四": 4, "4": 4}
_ASKS_ELSE = re.compile(r"查|核实|单号|身份证|卡号|快递|进度|预约到|结果")
LENGTH = 40  # characters


def mended(text: str, held: str) -> str | None:
    """The number held with its end as the message says; None when it says nothing of the kind."""
    folded = normalise(text).text
    if len(folded) > LENGTH or find_phones(folded) or len(held) != 11 or _ASKS_ELSE.search(folded):
        return None
    found = _TAIL.search(folded)
    if found is None:
        return None
    digits = to_digits(found["digits"])
    count = _KINDS.get(found["count"] or "")
    if not digits or (count and count != len(digits)):
        return None
    return held[: -len(digits)] + digits


def is_in_doubt(text: str) -> bool:
    """ "手机打错了一个数": which one is not said, so the number must be asked for again."""
    folded = normalise(text).text
    return (
        len(folded) <= LENGTH
        and bool(_DOUBT.search(folded))
        and not find_phones(folded)
        and not re.search(r"\d{3}", folded)
    )
