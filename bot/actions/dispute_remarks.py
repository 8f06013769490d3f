"""What a remark in the middle of a claim does to what is held: worked-out sums, ranges, sums taken back, further matters."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.actions import dispute_story as story
from bot.actions import dispute_when as when
from bot.actions import owed_rates
from bot.actions.base import Heard
from bot.actions.form_fields import SKIPPED, Field, Question, Values
from bot.actions.readers import show_fen
from bot.actions.wording import CORRECTION
from bot.language import find_durations, find_money

_OTHER_KIND = re.compile(r"其实|主要是|应该算|算是|改成")
_NO_SUM = (
    r"(?:多少钱?|金额|钱数|数额|具体(?:的)?数|那个数|这个数|数目).{0,6}(?:记不(?:清|得|住)|不记得|不确定|不知道|不清楚|忘了|说不[准清上]|没算)",
    r"(?:金额|钱数|数额|多少钱|那个数|这个数)(?:你|您|就)?(?:先|暂时)(?:不要?|别)(?:写|填|登|记)",
    r"(?:先|暂时)(?:不要?|别)(?:写|填|登|记)(?:金额|钱数|多少钱|那个数|这个数|数)",
    r"(?:金额|钱数|数额)(?:先)?(?:空着|去掉|删了|删掉|不填了?|不写了?|别写|别填)",
)
_TAKES_BACK = re.compile("|".join(f"(?:{words})" for words in _NO_SUM))


def amended(heard: Heard, asked: Field | None, values: Values, found: Values) -> Values:
    """`found` once it is known what the message means beside what is held. `asked` None: at the start or the read-back."""
    text = heard.text.strip()
    if text.startswith("/"):
        return found
    changed = dict(found)
    begun = asked is not None or values.get("dispute_type") is not None
    if begun and _is_further(heard, asked, values, changed):
        del changed["dispute_type"]
        changed["dispute_summary"] = story.told_also(values, text)
    if values.get("amount") not in (None, SKIPPED) and _TAKES_BACK.search(text) and not find_money(text):
        return {"amount": SKIPPED, "dispute_summary": story.told_also(values, text)}
    rated = _rated(heard, asked, values, changed)
    if rated is not None:
        changed.pop("amount", None)
        if rated.total is not None:
            changed["amount"] = rated.total
    high = highest(text, changed.get("amount"))
    if high is not None:
        changed["amount"] = high
    if begun and (rated or high or when.left(text, heard.now)):
        changed["dispute_summary"] = story.told_also(values, text)
    if not changed and CORRECTION.search(text) and (find_durations(text) or when.since(heard)):
        changed["dispute_summary"] = story.told_also(values, text)  # "不对 是两个月": of what stands in the story
    return changed


def _is_further(heard: Heard, asked: Field | None, values: Values, found: Values) -> bool:
    """ "我签的是众包协议 没签劳动合同" after an account was banned tells more of it; "不是 是押金" corrects."""
    held, told = values.get("dispute_type"), found.get("dispute_type")
    if held in (None, SKIPPED, "other") or told in (None, held):
        return False
    if asked is not None and asked.name == "dispute_type":
        return False
    return not (CORRECTION.search(heard.text) or _OTHER_KIND.search(heard.text))


def _rated(heard: Heard, asked: Field | None, values: Values, found: Values) -> owed_rates.Rate | None:
    """The rate that the message tells or completes, if it changes the sum."""
    people = found.get("dispute_group") or values.get("dispute_group")
    summary, text, held = str(values.get("dispute_summary") or ""), heard.text.strip(), values.get("amount")
    own = owed_rates.rate(text, people)
    if own is not None and own.total is not None:
        return own
    owed_for = f"{summary}；欠了{text}" if asked is not None and asked.name == "amount" else f"{summary}；{text}"
    both = owed_rates.rate(f"{summary}；{text}", people) or owed_rates.rate(owed_for, people)
    if both is not None and both.total is None and owed_for:
        both = owed_rates.rate(owed_for, people)
    if both is not None and both.total is not None and held in (None, SKIPPED, both.each):
        return both
    if both is not None and (both.paid or both.deposit) and held not in (both.total, None) and held == both.gross:
        return both  # "已经给过2000了" after what the months make
    return own if own is not None and held in (None, SKIPPED) else None


def highest(text: str, low: object) -> int | None:
    """The upper end of "三千到五千", in fen: a claim may be lowered later, what was not claimed is lost sight of."""
    return next((one.high_fen for one in find_money(text, bare=True) if one.fen == low and one.high_fen), None)


def ask_rate(values: Values) -> Question | None:
    """What is still to be known of "一个月四千"."""
    found = owed_rates.rate(str(values.get("dispute_summary") or ""), values.get("dispute_group"))
    if found is None or found.total is not None:
        return None
    name = "个月" if found.unit == "月" else "天"
    counts = (1, 2, 3) if found.unit == "月" else ()
    totals = [(count, replace(found, times=count).total or 0) for count in counts]
    choices = tuple(
        (f"{count}{name} {show_fen(total)}", f'/inform{{"amount":{total / 100:.10g}}}')
        for count, total in totals
        if total > 0
    )
    return Question(f"{found.words}，欠了几{name}？说个数或者总共多少都行，不清楚就说不知道。", choices)


def noted(before: Values, changed: Values) -> str | None:
    """What to say of a changed sum; None when it is as it was said."""
    told = str(changed.get("dispute_summary") or before.get("dispute_summary") or "")
    amount = changed.get("amount")
    if amount == SKIPPED and before.get("amount") not in (None, SKIPPED):
        return "好，金额先空着，弄清了随时补。"
    if amount is None and "dispute_summary" in changed and "dispute_type" not in changed:
        rate = owed_rates.rate(told.rpartition("；")[2])
        return "记下了。" if rate is not None and rate.total is None else None
    if amount in (None, SKIPPED):
        return None
    people = changed.get("dispute_group") or before.get("dispute_group")
    earlier, _, last = told.rpartition("；")
    for words in (last, told, f"{earlier}；欠了{last}"):
        found = owed_rates.rate(words, people)
        if found is not None and found.total == amount:
            return f"记下了，{found.words}，数不对直接说。"
    low = next((one.fen for one in find_money(last, bare=True) if one.high_fen == amount), None)
    if low is not None:
        return f"您说{show_fen(low)}到{show_fen(amount)}，先按{show_fen(amount)}登，原话也写上了。"
    return None
