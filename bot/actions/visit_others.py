"""More than one visit in a booking: a second channel beside the first, and a visit for somebody else.

One account has one booking a channel (`HospitalBooking.one_key`): visits on several channels follow one another, and
that a second person needs an account of their own is said at once, not when everything has been filled in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from bot.actions.base import Heard
from bot.actions.form_fields import Values
from bot.actions.wishes import Wish, say_day
from bot.actions.wording import CORRECTION
from bot.language import find_channels
from bot.services.clock import SHANGHAI
from bot.services.notices import CHANNEL_NAMES

KIN = (
    r"老婆|媳妇|爱人|对象|女朋友|男朋友|老公|孩子|儿子|女儿|闺女|娃|[老俺我]?[爸妈](?!的)|父亲|母亲|父母|爷爷|奶奶|外公|外婆"
    r"|姥姥|姥爷|岳母|岳父|婆婆|公公|[哥弟姐妹][哥弟姐妹]?|兄弟|同事|朋友|工友|室友|老乡|徒弟"
)
_FOR = re.compile(rf"(?:给|帮|替)(?:我|俺)?(?:们)?(?:的|家里?)?(?P<who>{KIN})")
_TOGETHER = re.compile(
    rf"(?:跟|和|同|与|带着?)(?:我|俺)?(?:的|家里?)?(?P<who>{KIN})(?=.{{0,4}}(?:一起|一块|俩|两个|都|[来去]))"
    rf"|(?:我|俺)(?:的|家里?)?(?P<who2>{KIN})(?=(?:能不?能?|可以)?也?(?:一起|一块)|.{{0,3}}也(?:要|想|得|能|约|来|办|查|挂))"
)
_SEVERAL = re.compile(
    r"(?<![\d十])(?:两|俩|二|三|[23])个(?:人|号(?![码头线]))|(?:两|俩|三)人|我们?俩|多约一?个人|再加一?个人"
)
_MYSELF = re.compile(r"(?:我|俺)?(?:自己|本人)也(?:要|想|得|来|约|挂|办|查)|(?:我|俺)也(?:要|想)?(?:约|挂|来)(?:一|个)")
_AND_THEY = re.compile(
    rf"(?:那|还有|可)*(?:她|他|我自己|另一个人?|(?:我|俺)?(?:{KIN}))(?:呢|咋[办约弄]|怎么[办约弄])[?？]?"
)
_AS_WELL = re.compile(r"再|还[要想有]|也|另外|顺便|一起|一块|同时|加上?|又|都")
_INSTEAD = re.compile(rf"{CORRECTION.pattern}|[改换]|还是|算了|不[约要]")
_SAME_TIME = re.compile(
    r"(?:同一|同样的?|同个|一样的?|这个|那个|刚才(?:那个)?|也是那个|也是这个)(?:时间|点(?!击|单)|时段|钟点|时候)|时间(?:不变|一样|也一样)"
)
_SAME_DAY = re.compile(r"同一?天|(?:也)?(?:那|当)天")
_MINUTE = timedelta(minutes=1)


def named_channels(heard: Heard) -> list[str]:
    """The channels that a message names, each once, in its order; a tapped one is alone."""
    tapped = [
        str(e["value"]) for e in heard.all("channel") if heard.text.startswith("/") and e.get("value") in CHANNEL_NAMES
    ]
    return tapped or list(dict.fromkeys(one.value for one in find_channels(heard.text)))


def with_further(found: Values, before: Values, heard: Heard) -> Values:
    """What was read, with the channels beside the one that is being booked put into `visit_list`.

    The first channel of a message is booked first, with the time that was said for all. One that is named later beside
    the running one ("再约一个健康证 也是这个点") comes after it, with the time said for it.
    """
    channels = named_channels(heard)
    current = before.get("visit_channel")
    if not channels or (current and _INSTEAD.search(heard.text)) or (current and not _AS_WELL.search(heard.text)):
        return found
    wish = found.get("visit_wish")
    if current:
        kept = {
            name: value for name, value in found.items() if name not in ("visit_channel", "visit_wish", "visit_slot")
        }
        at = _moment(before)
        if wish and at is not None:
            wish = [Wish.from_slot(one).on(at.astimezone(SHANGHAI).date()).to_slot() for one in wish]
        kept_wish = wish or (_again(heard.text, _moment(before), before.get("visit_wish")))
        further = [one for one in channels if one != current]
    else:
        kept, kept_wish = found | {"visit_channel": channels[0]}, wish
        further = channels[1:]
    queued = list(before.get("visit_list") or ())
    named = {one["channel"] for one in queued}
    new = [{"channel": one, "wish": kept_wish} for one in further if one not in named]
    return kept | {"visit_list": [*queued, *new]} if new else (found if not (current and further) else kept)


def _moment(values: Values) -> datetime | None:
    try:
        return datetime.fromisoformat(str(values.get("visit_slot")))
    except ValueError:
        return None


def _again(text: str, at: datetime | None, wishes: Any) -> list[dict[str, Any]] | None:
    if not (_SAME_TIME.search(text) or _SAME_DAY.search(text)):
        return None
    return same_time(text, at) if at else wishes


def same_day(text: str, at: datetime | None) -> str | None:
    """The day (ISO) of another visit when a message says that it is to be on that day too."""
    if at is None or not (_SAME_DAY.search(text) or _SAME_TIME.search(text)):
        return None
    return at.astimezone(SHANGHAI).date().isoformat()


def same_time(text: str, at: datetime | None) -> list[dict[str, Any]] | None:
    """ "也是这个点", "同一天": the time of another visit as a wish; None when nothing of the kind was said."""
    if at is None:
        return None
    local = at.astimezone(SHANGHAI)
    day, hour = local.date(), local.time()
    if _SAME_TIME.search(text):
        text = f"{say_day(day)}{hour:%H:%M}"
        return [Wish("at", day, day, hour, (local + _MINUTE).time(), exact=True, text=text).to_slot()]
    return [Wish("at", day, day, text=say_day(day)).to_slot()] if _SAME_DAY.search(text) else None


def order_of(values: Values) -> str:
    """Which visit comes now and which after it, when there are several."""
    further = [CHANNEL_NAMES[str(one["channel"])] for one in values.get("visit_list") or ()]
    if not further:
        return ""
    return f"好，一个一个来：先约{CHANNEL_NAMES[str(values['visit_channel'])]}，再约{'、'.join(further)}。"


def next_visit(values: Values, *, form: str, topic: str) -> dict[str, Any] | None:
    """The next of the visits that were asked for, as a form that is laid aside (`bot.actions.laid_aside`)."""
    further = list(values.get("visit_list") or ())
    if not further:
        return None
    first, *rest = further
    kept = {
        "visit_channel": first["channel"],
        "visit_wish": first.get("wish"),
        "visit_phone": values.get("visit_phone"),
        "visit_list": rest or None,
    }
    title = f"{CHANNEL_NAMES[str(first['channel'])]}预约"
    return {"form": form, "topic": topic, "title": title, "values": {k: v for k, v in kept.items() if v}}


def for_whom(texts: Iterable[str]) -> str | None:
    """For whose sake it is booked, by the last message that says so: 老婆. None: for the rider."""
    who = None
    for text in texts:
        if _MYSELF.search(text):
            who = None
        elif found := _FOR.search(text):
            who = found["who"].lstrip("我俺老") if found["who"][-1] in "爸妈" else found["who"]
    return who


def speaks_of_another(text: str) -> bool:
    """Whether a message is about a visit of a second person."""
    known = any(words.search(text) for words in (_FOR, _TOGETHER, _SEVERAL, _MYSELF))
    return known or _AND_THEY.fullmatch(text.strip()) is not None


def about_another(text: str, *, begins: bool) -> str:
    """What is said to a message that is about somebody else's visit; empty when it is not. `begins`: it begins a booking."""
    whose = _FOR.search(text)
    if begins and whose and not _SEVERAL.search(text) and not _MYSELF.search(text):
        return (
            f"好，给您{for_whom([text])}约，到时候带本人的身份证。"
            "一个微信号每项只能约一个，您自己要约同一项，得用另一个微信号跟我说。"
        )
    if not speaks_of_another(text):
        return ""
    found = _TOGETHER.search(text)
    who = (found["who"] or found["who2"]) if found else whose["who"] if whose else ""
    other = f"您{who.lstrip('我俺')}" if who else "另一位"
    return (
        f"一个微信号每项只能约一个号，这里先约一个。{other}用自己的微信跟我说一声就能约，时间可以挑一样的，有空位就行。"
    )
