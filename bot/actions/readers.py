"""Field readers that several forms share: each finds one kind of value in a message, or None.

They trust the understanding's entities first and read the text itself where an answer to a direct question may
be shorter than what the understanding takes for an entity ("8500", "蓝马").
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from bot.actions.base import Heard
from bot.actions.form_fields import Refused
from bot.actions.wording import is_order
from bot.language import find_money, find_phones, find_times, format_yuan, mask

ANYTHING_ELSE = re.compile(r"其他|其它|别的|另外|都有|不知道|不清楚|说不[清上]|随便")
CORRECTING = re.compile(r"不对|不是|错了|改成|改为|应该是|更正|换成|写错|说错")
_LEAD = re.compile(
    r"^(?:就)?(?:应该是|应该叫|改成|改为|换成|是|叫|叫做|在|我在|我是|我们是|我们|公司是|公司叫|单位是|平台是|站点是|名字叫|那个|嗯|哦|好的|好(?=[，,\s])|填|写)+[:：,，\s]*"
)
_QUESTIONISH = re.compile(r"[?？]|吗$|呢$|咋|怎么|什么|啥|哪|为什么|多少")


_IN_ALL = re.compile(r"(?:总共|一共|合计|总计|加起来|拢共|全部|总的|共)(?:是|有|要|就|差不多|大概|欠|欠我|扣了?)*\s*$")


def _in_all(text: str) -> int | None:
    """Of several sums the one that is said to be all: "一个月六千五 总共一万九千五"."""
    sums = find_money(text, bare=True)
    return next((one.fen for one in sums[1:] if _IN_ALL.search(text[: one.start])), None)


_MENDED = re.compile(r"不对|错了|说错|记错|应该是|哦不|噢不|喔不|啊不")


def _mended(text: str) -> int | None:
    """ "一万二 不对 一万三": the sum after the correction, when one stands before it too."""
    parts = _MENDED.split(text)
    before = any(find_money(part, bare=True) for part in parts[:-1])
    after = find_money(parts[-1], bare=True)
    return after[0].fen if before and after else None


def has_total(text: str) -> bool:
    """Whether one of the sums is said to be all."""
    return any(_IN_ALL.search(text[: one.start]) for one in find_money(text, bare=True))


def amount_fen(heard: Heard) -> int | None:
    """A sum of money, in fen; the total when it is named beside others."""
    total = _in_all(heard.text)
    if total is not None:
        return total
    mended = _mended(heard.text)
    if mended is not None:
        return mended
    for entity in heard.all("amount"):
        value = entity.get("value")
        if isinstance(value, int | float):
            return round(value * 100)
        found = find_money(str(value), bare=True)
        if found:
            return found[0].fen
    return _first_sum(heard.text, bare=bool(CORRECTING.search(heard.text)))


def amount_fen_asked(heard: Heard) -> int | None:
    """The same when a sum was asked for: a bare number counts."""
    strict = amount_fen(heard)
    if strict is not None:
        return strict
    return _first_sum(heard.text, bare=True)


_LEADS_TO_A_SUM = re.compile(r"(?:^|[\s，,。:：]|是|就|了|扣|欠|罚|大概|差不多|约|共|成|为|到|只|才|有|约|少|退|给)$")
_ENDS_A_SUM = re.compile(r"\s*(?:$|[，,。.!！;；]|\s|[吧啊呀呗了多的]|左右|不到|出头|以[上下])")
_SMALL = 1000  # fen; from here on a lone number is hardly part of a name


def _first_sum(text: str, *, bare: bool) -> int | None:
    """The first sum; no lone number that is part of a word or counts something else: the four of 李四, 两笔."""
    for one in find_money(text, bare=bare):
        lone = one.fen < _SMALL and not re.search(r"[块元钱毛角¥￥]", one.surface)
        if not lone or (_LEADS_TO_A_SUM.search(text[: one.start]) and _ENDS_A_SUM.match(text[one.end :])):
            return one.fen
    return None


def show_fen(fen: Any) -> str:
    return format_yuan(int(fen))


def phone(heard: Heard) -> str | None:
    """A mobile number; a wrong one is refused with the reason."""
    found = find_phones(heard.text)
    good = [p for p in found if p.problem is None]
    if good:
        return str(good[0].number)
    return None


def phone_asked(heard: Heard) -> str | None:
    found = find_phones(heard.text, asked=True)
    good = [p for p in found if p.problem is None]
    if good:
        return str(good[0].number)
    if found:
        raise Refused("这个手机号好像不对，应该是 1 开头的 11 位数字，麻烦再发一遍。")
    return None


def show_phone(number: Any) -> str:
    return mask(str(number))


def entity(name: str) -> Any:
    """A reader of the normalised value of one entity type."""

    def read(heard: Heard) -> Any:
        return heard.first(name)

    return read


def free_text(limit: int = 200) -> Any:
    """A reader that takes the whole message as it is (without a leading 是/叫…)."""

    def read(heard: Heard) -> str | None:
        text = _LEAD.sub("", heard.text.strip()).strip(" ，。,.!！")
        return text[:limit] or None

    return read


_BETWEEN_TIMES = re.compile(r"[\s，,。.、吧啊呀呢嘛的了就行去来约到至或者]*")


def is_time(text: str, now: datetime) -> bool:
    """Whether a message names a day or an hour and nothing else ("后天上午9点吧")."""
    spans = [span for span in find_times(text, now) if span.kind == "at"]
    rest, end = "", 0
    for span in spans:
        rest, end = rest + text[end : span.start], span.end
    return bool(spans) and _BETWEEN_TIMES.fullmatch(rest + text[end:]) is not None


_PASSED_OVER = re.compile(r"(?:就|先|那)?(?:跳过|略过|不填|不写|下一[个项题]|过)(?:吧|了|这[个项])?")


def short_name(heard: Heard) -> str | None:
    """A name (firm, site, station) given as a direct answer: the whole short message, when it is no question."""
    text = _LEAD.sub("", heard.text.strip()).strip(" ，。,.!！的")
    if _PASSED_OVER.fullmatch(text):
        return None
    if (
        not text
        or text.startswith("/")
        or is_time(text, heard.now)
        or len(text) > 30
        or _QUESTIONISH.search(text)
        or is_order(text)
    ):
        return None
    return text
