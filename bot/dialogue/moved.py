"""Another time for what is booked: "改到周五", and "下周二下午呢" to the times just offered for it."""

from __future__ import annotations

import re
from typing import Any

from rasa.shared.core.trackers import DialogueStateTracker

from bot.actions.wording import QUESTION
from bot.dialogue.last_matter import last_form
from bot.dialogue.turn import Parse, Turn, is_weak, read_payload, with_topic
from bot.language import normalise

_ABOUT = {"about": "reschedule_booking", "runs": "action_move_latest"}
_BACK = re.compile(r"(?:那|再|还是|帮我|给我|麻烦)*(?:改|换|调)回(?:去|来|原来的?(?:时间|那天)?)(?:吧|呗|了)?[。!！]?")
_OTHERS = re.compile(
    r"(?:还有|有没有|有)?(?:别的|其他|其它|另外的?)(?:时间|时候|日子|场次?)?(?:吗|呢|没有?|么)?[？?]?|都不行|都没空|换(?:一)?(?:天|个时间|个日子|批)"
)
SHORT = 16  # characters of a message that only names another time


def time_for_move(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "下周二下午呢" under the times offered for what is to be moved."""
    moving = None if tracker.active_loop_name or text.startswith("/") else _offered_to_move(tracker)
    if moving is None or len(text) > SHORT or _is_choice(text, tracker):
        return None
    timed = any(e.get("entity") == "time" for e in parse.get("entities") or [])
    mine = is_weak(parse) or parse.get("topic") in ("reschedule_booking", "book_hospital", "booking_status")
    if mine and (timed or _OTHERS.fullmatch(normalise(text).text.strip())):
        return Turn(text, with_topic(parse, "inform"), {**metadata, **_ABOUT, **moving})
    return None


def another_time(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "改到周五": what that means depends on what the person has booked."""
    back = _BACK.fullmatch(normalise(text).text.strip())
    if tracker.active_loop_name or text.startswith("/") or not (back or parse.get("topic") == "reschedule_booking"):
        return None
    if str(parse.get("text") or "").startswith("/") and _just_offered(str(parse["text"]), tracker):
        return None  # the button under a visit to the hospital
    return Turn(text, with_topic(parse, "inform"), {**metadata, **_ABOUT})


_CORRECTS_TIME = re.compile(
    r"(?:(?:时间|日期|日子)?(?:不对|(?:写|说|填|搞|弄|记|选|约|打|输)?错(?![过时得不])了?)[\s，,]*){1,2}(?:应该|要|改成|换成)?(?:是|约|去)?.{2,12}"
    r"|不是.{2,8}[\s，,]*是.{2,12}"
)
_WITH_TIME = frozenset({"hospital_form", "reschedule_form", "plating_form", "education_form", "mediation_form"})


def time_corrected(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "写错了 是周三" after something with a time was booked."""
    if tracker.active_loop_name or text.startswith("/") or len(text) > SHORT or QUESTION.search(text):
        return None
    timed = any(e.get("entity") == "time" for e in parse.get("entities") or [])
    if not timed or last_form(tracker) not in _WITH_TIME or not _CORRECTS_TIME.fullmatch(text.strip()):
        return None
    return Turn(text, with_topic(parse, "inform"), {**metadata, **_ABOUT})


def _choices(tracker: DialogueStateTracker) -> list[dict[str, Any]]:
    last = tracker.get_slot("last_turn")
    offer = last.get("offer") if isinstance(last, dict) else None
    return list((offer or {}).get("choices") or [])


def _offered_to_move(tracker: DialogueStateTracker) -> dict[str, Any] | None:
    """The number of the appointment for which times were offered in the last reply, and the day if it was one."""
    values = [read[1] for choice in _choices(tracker) if (read := read_payload(str(choice["payload"])))]
    times = [one for one in values if one.get("do") == "move_to"]
    if not times:
        return None
    days = {str(one.get("day") or "") for one in times}
    day = days.pop() if len(days) == 1 else ""
    return {"moving": times[0].get("number"), **({"moving_day": day} if day else {})}


def _is_choice(text: str, tracker: DialogueStateTracker) -> bool:
    return any(str(choice["title"]) == text.strip() for choice in _choices(tracker))


def _just_offered(payload: str, tracker: DialogueStateTracker) -> bool:
    return any(str(choice["payload"]) == payload for choice in _choices(tracker))
