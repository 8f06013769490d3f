"""How the fields of a form are found in a message: all it holds, and which value a correction is about."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.actions.base import Heard
from bot.actions.form_fields import SKIPPED, Field, Refused, Values
from bot.actions.laid_aside import is_phone
from bot.actions.phone_mended import answer, is_in_doubt, mended
from bot.actions.phone_mended import asked as phone_asked
from bot.actions.wording import CORRECTION
from bot.language import normalise

_SAID_WRONG = re.compile(
    r"(?:不对|等下|等等|哎|那个|我的?|刚才的?|上面的?|这个|还有|就是|[，,\s])*(?P<what>[\u4e00-\u9fff]{1,5}?)(?:也|是|好像|都|我|那[里项]|这[里项])?"
    r"(?:打|写|填|说|发|记|输|留|弄|搞)?(?:错了?|不对|有误)(?:了|的)?[啊呀吧。.!！]*"
)
_ALSO_CALLED = {
    "金额": "钱|钱数|数|数目|数额|总数|多少钱",
    "单位": "公司|单位名|公司名|平台|站点|名字",
    "手机": "手机号|手机号码|电话|电话号|电话号码|号|号码|联系方式",
}


def read_fields(
    heard: Heard, fields: list[Field], asked: Field | None, values: Values
) -> tuple[Values, str | None, bool]:
    """Every field the message holds. A value already there is replaced only by a correction or a new answer.

    Returns (new values, why one was refused, whether a value that is there already was said again).
    """
    beside = _about_held(heard, fields, values)
    if beside:
        return beside, None, False
    found: Values = {}
    exact = 0  # values of a closed kind, also those that were there already
    refusal = None
    correcting = bool(CORRECTION.search(heard.text))
    for field in fields:
        is_asked = asked is not None and field.name == asked.name
        reader = (field.read_answer or field.read) if is_asked else field.read
        has = values.get(field.name) not in (None, SKIPPED)
        held = field.free_text and not is_asked and asked is not None and not correcting and has
        if held and field.read(heard) != heard.text.strip():
            continue  # but a message that is nothing else than another such value takes its place
        try:
            value = reader(heard)
        except Refused as why:
            refusal = str(why)
            continue
        if value is not None:
            exact += not field.free_text
            if value != values.get(field.name):
                found[field.name] = value
    # the whole sentence is not the answer when it was read as something more exact
    whole = asked is not None and asked.free_text and found.get(asked.name) == heard.text.strip()
    if (
        asked is not None
        and whole
        and (len(found) > 1 or exact)
        and not values.get(asked.name)
        and not asked.read(heard)
    ):
        del found[asked.name]
    return found, refusal, bool(exact) and not found


def _about_held(heard: Heard, fields: list[Field], values: Values) -> Values:
    """What a message says of a value that is held, and of nothing else: a phone's last digits; that it is wrong (None)."""
    if heard.text.startswith("/"):
        return {}
    held = [f for f in fields if f.label and values.get(f.name) not in (None, SKIPPED)]
    for field in held:
        number = mended(heard.text, str(values[field.name])) if is_phone(field.name) else None
        if number is not None and number != values[field.name]:
            return {field.name: number}
        if is_phone(field.name) and number is None and is_in_doubt(heard.text):
            return {field.name: None}
    wrong = _SAID_WRONG.fullmatch(normalise(heard.text).text.strip())
    for field in held if wrong else ():
        names = _ALSO_CALLED.get(field.label)
        if wrong and names and wrong["what"] in (field.label, *names.split("|")):
            return {field.name: None}
    return {}


def held_corrected(heard: Heard, fields: list[Field], values: Values) -> Values:
    """ "36了 说错了" when something else is asked: the one value held that it can be another value of."""
    read: Values = {}
    for field in fields:
        if field.free_text or not field.label or values.get(field.name) in (None, SKIPPED):
            continue
        try:
            value = (field.read_answer or field.read)(heard)
        except Refused:
            continue
        if value is not None and value != values[field.name]:
            read[field.name] = value
    return read if len(read) == 1 else {}


def holding(wrong: str, heard: Heard, fields: list[Field], values: Values) -> Field | None:
    """The field whose value is what the rider says is wrong."""
    held = [f for f in fields if f.label and values.get(f.name) not in (None, SKIPPED)]
    said = replace(heard, text=wrong, entities=[])
    for field in held:
        shown = field.show(values[field.name])
        if wrong == shown:
            return field
        try:
            if (field.read_answer or field.read)(said) == values[field.name]:
                return field
        except Refused:
            continue
    near = [f for f in held if wrong in f.show(values[f.name])]
    return min(near, key=lambda f: len(f.show(values[f.name])), default=None)


_IS_IT = re.compile(r"是不是|对不对|没错吧|对吧[?？]?$|对[吗么没][?？]?$|是.{1,10}[吗么][?？]?$")


def asked_about(heard: Heard, fields: list[Field], values: Values, found: Values, known: bool) -> str | None:
    """The answer to a question about what is held ("尾号是不是0008", "金额是不是6000"), which changes nothing; None when it
    is no such question.
    """
    if heard.text.startswith("/"):
        return None
    held = {f.name: f for f in fields if f.label and values.get(f.name) not in (None, SKIPPED)}
    phone = next((name for name in held if is_phone(name)), None)
    digits = phone_asked(heard.text) if phone else None
    if phone and digits is not None:
        return answer(digits, str(values[phone]))
    text = heard.text.replace("饿了么", "")
    if not _IS_IT.search(text) or CORRECTION.search(_IS_IT.sub("", text)) or re.search(r"[改换]", text):
        return None
    if known and not found:
        return "对，写的就是这个。"
    if not found:
        return None
    if not found.keys() <= held.keys():
        return "没有改，现在写的是这样。要改就说改成什么。"
    return "；".join(f"{held[name].label}写的是{held[name].show(values[name])}" for name in found) + "，没有改。"


def holds_strictly(field: Field, heard: Heard) -> bool:
    """Whether the message holds a value of the field whatever was asked."""
    try:
        return field.read(heard) is not None
    except Refused:
        return False


def corrects(heard: Heard) -> bool:
    return not heard.text.startswith("/") and bool(CORRECTION.search(heard.text))
