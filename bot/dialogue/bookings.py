"""Bookings at the hospital that the words of one message do not show by themselves: one more after the last, several
at once, one that is to come before the form that runs.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from rasa.shared.core.events import ActiveLoop, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.actions.hospital import ASKED_ABOUT, HospitalForm
from bot.actions.visit_others import KIN
from bot.actions.wording import QUESTION
from bot.dialogue.turn import Parse, Turn, is_weak, with_topic
from bot.language import SHANGHAI, find_channels, find_times, normalise

SURE = 0.95
RECENT = 6  # user turns in which "再约一个" is about the hospital
_ONE_MORE = re.compile(
    rf"(?:自己|本人|(?:{KIN}))也(?:要|想|得|来|给)?(?:约|挂|来|登记|报|办|一个)|(?:我|俺)也(?:要|想)?(?:约|挂)|再(?:帮我|给我|帮他|给他)?(?:约|挂|来|登记|预约)(?:一?个|上)"
    rf"|(?:给|帮|替)(?:我|俺)?(?:的|家里?)?(?:{KIN})也?(?:约|挂|登记|预约|来)(?:一?个|上)?(?!的|过|好|了)"
)
_BOOKS = re.compile(r"约(?!过|好了?|的|了)|挂(?:个|上)?号|办|登记|报名|查一?[个下]|做一?个")
_BOOKED = re.compile(r"约[过好]|约了|取消|退|改[到成约]|查(?:我|一下我)的|我约的|区别|什么|为啥|为什么")
_OTHER_MATTERS = frozenset({"dispute_type", "amount", "degree", "place", "site"})
_BARE = re.compile(
    rf"(?:[\s,，。的吧了我俺要想得约办挂查做个都号给上跟和俩人证]|能\s{{0,3}}[不吗么]$|预约|一个|两个|一起|(?:能不?能?|可以)约[吗不么]?|(?:{KIN})|[?？]){{0,30}}"
)
_FIRST = re.compile(
    r"(?:那|我|俺|要不|还是|就|咱们?|想|得|这个放一放|等等|等下|等会|,|，| ){0,5}先(?:给我|帮我|把|去)?(?:办|约|弄|搞|挂|预约|登记)(?!了|不|的)"
)


def one_more(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "我自己也约一个 同一天", soon after a booking."""
    if tracker.active_loop_name or text.startswith("/") or not _ONE_MORE.search(normalise(text).text):
        return None
    mine = is_weak(parse) or parse.get("topic") in ("book_hospital", "booking_status", "reschedule_booking")
    if not mine or not (find_channels(text) or _just_booked(tracker)):
        return None
    return Turn(text, with_topic(parse, "book_hospital", SURE), metadata)


def _just_booked(tracker: DialogueStateTracker) -> bool:
    turns = 0
    for event in reversed(tracker.events):
        turns += isinstance(event, UserUttered)
        if turns > RECENT:
            return False
        if isinstance(event, ActiveLoop) and event.name is not None:
            return bool(event.name == HospitalForm.form)
    return False


def several_visits(
    text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker | None
) -> Turn | None:
    """ "健康证还有查幽门 一起约明天上午": the form books one after the other; apart, the second would be lost. And
    "两个人查幽门 下周四": what and when are said, whatever it sounds like.
    """
    if text.startswith("/") or (tracker is not None and tracker.active_loop_name):
        return None
    folded = normalise(text).text
    if _BOOKED.search(folded):
        return None
    kinds = {entity.get("entity") for entity in parse.get("entities") or []}
    if kinds & _OTHER_MATTERS:
        return None
    channels = {one.value for one in find_channels(folded)}
    plain = not QUESTION.search(folded)
    several = plain and len(channels) > 1 and _BOOKS.search(folded)
    doubtful = plain and (parse.get("decision") in ("ambiguous", "unsure") or is_weak(parse))
    bare = str(parse.get("topic")).startswith("hospital/") and _is_bare(folded)
    timed = len(channels) == 1 and "time" in kinds and (doubtful or bare)
    mine = is_weak(parse) or parse.get("topic") == "book_hospital" or parse.get("topic") in ASKED_ABOUT
    unsafe = parse.get("topic") in ("emergency", "crisis")
    if unsafe or not (timed or (several and (mine or doubtful))):
        return None
    return Turn(text, with_topic(parse, "book_hospital", SURE), metadata)


def _is_bare(folded: str) -> bool:
    """ "健康证 12.2", "健康证 明天下午能约不": nothing but what and when, so no question about the health certificate."""
    named = [one.surface for one in find_channels(folded)]
    times = [one for one in find_times(folded, datetime.now(SHANGHAI)) if one.kind == "at"]
    if not times or all(one.past for one in times):
        return False
    rest = folded
    for words in (*named, *(one.surface for one in times)):
        rest = rest.replace(words, " ", 1)
    return _BARE.fullmatch(rest) is not None


def first_that(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "先办健康证" in another form: that one is laid aside without being asked whether it may be."""
    loop = tracker.active_loop_name
    if not loop or loop == HospitalForm.form or text.startswith("/") or not _FIRST.match(normalise(text).text):
        return None
    topic = str(parse.get("topic"))
    if not find_channels(text) or not (is_weak(parse) or topic == "book_hospital" or topic in ASKED_ABOUT):
        return None
    return Turn(text, with_topic(parse, "book_hospital", SURE), {**metadata, "switch": True, "aside": loop})
