"""A phone number that is held, mended by its last digits: "最后一位是4", "尾号3334"."""

from __future__ import annotations

import re

from bot.language import find_phones, mask, normalise
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
_END = r"(?:尾号|尾数|号尾|(?:最后|末尾?|后)(?:面)?[一两二三四1-4]?[个位](?:数字?)?|结尾)"
_OWN = r"(?:我|俺|的|留|写|填|记|登记|上面|那个|这个|刚才|刚刚|给|您|你|们|现在|看|看看|查|查一下|一下|是|[，,\s]){0,6}"
_RIGHT = r"(?:是不是|对不对|对[吗么没]|正确[吗么]|有没有[写填记留]?错|[写填记留]?[对错]了?[吗没么]|没[写填记留]?错吧|对吧|是)"
_REST = r"[\d零〇一二三四五六七八九幺两是的对不错吗么没吧啊呀尾号数结最后位写填记留登\s，,？?]"
_OWN_ASKED = re.compile(
    rf"{_OWN}(?:{_NUMBER}|{_NUMBER}?的?{_END})(?:是|也|都|我|[写填记留登]+的?是?|[，,\s]){{0,3}}(?:{_RIGHT}{_REST}{{0,24}}|{_REST}{{2,24}}(?:{_RIGHT}|[吗么]))[?？]?"
    rf"|(?:是不是|是).{{0,3}}{_DIGITS}{{3,4}}(?:结尾|(?:的|那个|这个)?{_NUMBER})(?:的|那个)?[吗么啊]?[?？]?"
)
_ASKED_WHICH = re.compile(
    rf"(?=.*[我俺留写填记登])(?!.*(?:你们|窗口|他们?|站长|老板|公司))(?P<x>{_OWN})(?:{_NUMBER}|{_NUMBER}?的?{_END})(?:是|[写填记留登]+的?是?|[，,\s]){{0,3}}"
    r"(?:多少|哪个|哪一个|啥|什么|几)[啊呀呢]?[?？]?"
)
_ASKS = re.compile(r"是不是|对不对|有没有|没错吧|没[写填记留]错吧|对吧|[吗么][?？]?$|[对错]了?没|[?？]$")
_CHANGES = re.compile(r"改|换|应该|更正|不是(?<!是不是)|错了(?![吗没么])")


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


def asked(text: str) -> str | None:
    """The digits that a question about the number held names ("尾号是不是0008", "电话对吗 是不是0119"), "" when it names
    none ("我留的电话是多少"); None when it is no such question.
    """
    folded = normalise(text).text.strip()
    if len(folded) > LENGTH or _ASKS_ELSE.search(folded) or _CHANGES.search(folded):
        return None
    if _ASKED_WHICH.fullmatch(folded) or re.fullmatch(rf"{_OWN}{_NUMBER}?{_END}是?(?:多少|几)[啊呀]?[?？]?", folded):
        return ""
    if not _ASKS.search(folded) or not _OWN_ASKED.fullmatch(folded):
        return None
    whole = find_phones(folded)
    if whole:
        return whole[0].number
    named = re.findall(rf"(?<!{_DIGITS}){_DIGITS}{{3,4}}(?!{_DIGITS}|[块元千万百])", folded)
    return to_digits(named[-1]) if named else ""


def answer(digits: str, held: str) -> str:
    """What is said of the number held, which the question takes to end in `digits`."""
    now = f"留的手机号是{mask(held)}，尾号{held[-4:]}"
    if not digits:
        return f"{now}。要换就把新号码发来。"
    return f"对，{now}。" if held.endswith(digits) else f"不是{digits}，{now}，没有改。要换就把新号码发来。"


def is_in_doubt(text: str) -> bool:
    """ "手机打错了一个数": which one is not said, so the number must be asked for again."""
    folded = normalise(text).text
    return (
        len(folded) <= LENGTH
        and bool(_DOUBT.search(folded))
        and not find_phones(folded)
        and not re.search(r"\d{3}", folded)
    )
