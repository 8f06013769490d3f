"""Several sums in one message that are all owed ("站长欠我五千 公司欠我八千"): said back, and which of them it is about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bot.actions.base import Choice
from bot.actions.form_fields import Question
from bot.actions.readers import CORRECTING, has_total, show_fen
from bot.language import Money, find_money, find_numbers, normalise

MOST_NAMED = 3  # sums that get a choice of their own

_STOP = re.compile(r"[，,。；;！!？?\n]")
_HELD_BEFORE = re.compile(
    r"(?<![不没])(?:拖?欠|克?扣|罚|[不没](?:给|发|付|退|结|还)|拖着|压着|该给)(?:了|着|掉|走|下|住|我们?|咱们?|俺们?|他|她|的|是|有"
    r"|工资|薪水|薪|运费|车费|提成|奖金|加班费|补贴|跑单费|单费|押金|保证金|装备费|货款|钱|款|差不多|大概|将近|快|一共|总共|整整|\s)*$"
)
_HELD_AFTER = re.compile(
    r"(?:块钱?|元|左右|多|的?(?:工资|押金|保证金|钱|提成|运费|货款)|(?:现在|至今|也|都|还|又|一直|就|\s))*"
    r"(?:不|没|未)(?:有|肯|让|能|给我?)?(?:给|发|付|退|结|还|到账|到手|要回)|^[^，,。；;]{0,3}(?:被扣|被罚|被吞|被黑)"
)
# what one order or one month is, what was agreed on, what has been paid: no debt by itself
_NO_DEBT = re.compile(
    r"(?:一|每)(?:单|次|趟|天|日|个?月|件|票|公里|小时|年)|说好|讲好|谈好|约定|底薪|月薪|工资是|保底|本来|原来|应该"
    r"|(?<!不)(?<!没)(?:已经|只|才|就)?(?:给|发|付|退|结|还)了|到手"
)
_PAID = re.compile(r"(?<![不没])(?:还|给|发|付|退|结)了(?:我|一部分)?\s*$")
_PER = re.compile(r"\s*(?:块钱?|元)?(?:一|每|/)(?:单|次|趟|天|日|个?月|件|票|公里|小时|年)")
_ALL = re.compile(
    r"(?:就|那|按|算|登|要|写|是)*(?:合计|总共|一共|总数|加起来|加一起|一起(?:算|登|报)?|都(?:算|要|登|登记|写|欠|有|报|是(?:欠我?的)?)?|全部?(?:算|要|登|都算)?"
    r"|两笔(?:都|一起|全)?(?:算|要|登|报|是)?(?:的|上)?)(?:的|吧|上|了|啊|呀|呗|起来|一起)*[。!！]?"
)
_REFUSED = re.compile("不(?:要|算|登|报|填|用)|除了|去掉|减掉|别")
_NTH = re.compile(r"第\s*([一二三1-3])\s*笔")
_FORMER, _LATTER = (
    re.compile(r"前(?:面|头|边)?(?:那)?(?:一|个)?(?:笔|个)"),
    re.compile(r"后(?:面|头|边)?(?:那)?(?:一|个)?(?:笔|个)"),
)


def owed(text: str) -> tuple[int, ...]:
    """The different sums, in fen, each of which the text says is kept from the person; () when fewer than two are.

    A sum that is not by its own words owed ("工资八千 押金扣了五百", "说好一单五块") does not count; and where a total,
    a correction or a part paid back is told, what the sums are together is not for us to say.
    """
    sums = find_money(text)
    if len(sums) < 2 or has_total(text) or CORRECTING.search(text):
        return ()
    held: list[int] = []
    for number, one in enumerate(sums):
        before = _before(text, sums, number)
        after = _after(text, sums, number)
        if _NO_DEBT.search(before) or _PER.match(after):
            continue
        if (_HELD_BEFORE.search(before) or _HELD_AFTER.match(after)) and one.fen not in held:
            held.append(one.fen)
    paid = any(_PAID.search(_before(text, sums, number)) for number in range(len(sums)))
    return tuple(held) if len(held) > 1 and not paid else ()


def _before(text: str, sums: Sequence[Money], number: int) -> str:
    start = sums[number - 1].end if number else 0
    return _STOP.split(text[start : sums[number].start])[-1]


def _after(text: str, sums: Sequence[Money], number: int) -> str:
    end = sums[number + 1].start if number + 1 < len(sums) else len(text)
    return _STOP.split(text[sums[number].end : end])[0]


def question(sums: Sequence[int]) -> Question:
    """Both said back, and one thing asked."""
    total = sum(sums)
    each = sums if len(sums) <= MOST_NAMED else ()
    choices: list[Choice] = [(f"合计 {show_fen(total)}", _payload(total))]
    choices += [(f"只登 {show_fen(one)}", _payload(one)) for one in each]
    named = "、".join(show_fen(one) for one in sums)
    count = "两三四五六七八九"[len(sums) - 2] if len(sums) < 10 else "几"
    return Question(f"您说了{count}笔：{named}。是合计登记 {show_fen(total)}，还是只登其中一笔？", tuple(choices))


def _payload(fen: int) -> str:
    yuan: Any = fen // 100 if fen % 100 == 0 else fen / 100
    return f'/inform{{"amount":{yuan}}}'


def chosen(text: str, sums: Sequence[int]) -> int | None:
    """What "都算", "第二笔", "后面那笔" mean of these sums, in fen; None for anything else."""
    folded = normalise(text).text.strip()
    if len(sums) < 2 or find_money(text):
        return None
    if _ALL.fullmatch(folded):
        return sum(sums)
    at = _which(folded, len(sums))
    if at is None:
        return None
    if _REFUSED.search(folded):  # 第二笔不要了: the other one
        return sums[1 - at] if len(sums) == 2 else None
    return sums[at]


def _which(folded: str, count: int) -> int | None:
    """The position of the sum that is pointed at, among so many."""
    nth = _NTH.search(folded)
    if nth:
        at = int(find_numbers(nth[1])[0].low) - 1
        return at if at < count else None
    if _FORMER.search(folded):
        return 0
    return count - 1 if _LATTER.search(folded) else None
