"""A correction after a ticket was made: "金额写错了 是6000", "手机号换成 137…", "老板今天发了两千 还剩两千"."""

from __future__ import annotations

import re
from typing import Any

from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.actions import phone_mended
from bot.actions.dispute_story import is_a_name
from bot.actions.ticket_mended import LENGTH, NAMES, kind, lacks_value, sum_alone
from bot.actions.wording import QUESTION
from bot.dialogue.aftermath import MORE_LIFE, told_after_ticket
from bot.dialogue.last_matter import SUM, TALK, last_form, since_ticket
from bot.dialogue.turn import Parse, Turn, turns_since, with_topic

_RUNS = "action_mend_ticket"
BOOKED = ("hospital_form", "reschedule_form")
WRONG = r"(?:不对|(?:写|说|填|搞|弄|记|选|约|打|输)?错了?)(?:啊|呀|哦)?"
VALUE_LENGTH = 24  # characters of a value said alone


def mends_ticket(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """What the ticket that was just made or shown says wrongly; the right value may follow by itself."""
    number = tracker.get_slot("ticket_number")
    if tracker.active_loop_name or not number or text.startswith("/") or len(text) > LENGTH:
        return None
    if str(parse.get("text") or "").startswith("/") or not _is_shown(tracker):
        return None
    entities = list(parse.get("entities") or [])
    said = text
    after = None if "工单" in text else since_ticket(tracker)
    if after in (None, TALK) and phone_mended.asked(text) is not None:
        return _turn(text, parse, entities, {**metadata, "asks": "phone"}, str(number))
    firm = _other_firm(text, entities) if after is None else None
    if firm:
        text, entities = f"单位改成{firm}", [e for e in entities if e.get("entity") != "employer"]
    asked = _asked_back(tracker)
    if asked and kind(text) is None and len(text) <= VALUE_LENGTH and not _asks(text):
        lead = f"{asked} 是"
        kinds = {e.get("entity") for e in entities}
        if kinds & {"amount", "phone", "employer"} or (lacks_value(asked) and not lacks_value(lead + text)):
            moved = [
                {**e, "start": e["start"] + len(lead), "end": e["end"] + len(lead)}
                if isinstance(e.get("start"), int)
                else e
                for e in entities
            ]
            text, entities = lead + text, moved
    what = kind(text)
    if what is None or (what in ("paid", "left", "settled") and _asks(text)) or "预约" in text:
        return None
    if after is not None and not asked:
        if not _is_of_ticket(what, said, after):
            return None
        if _may_be_other(what, said, after):
            metadata = {**metadata, "unsure": _CALLED.get(after, "刚才那件")}
    if kind(text) == "left" and (turn := told_after_ticket(text, parse, metadata, tracker)) is not None:
        return turn  # the place and the time are being asked for: the form takes it with them
    return _turn(text, parse, entities, {**metadata, "said": said}, str(number))


def _turn(text: str, parse: Parse, entities: list[Any], metadata: dict[str, Any], number: str) -> Turn:
    entities = [*entities, {"entity": "ticket_no", "value": number, "extractor": "payload"}]
    return Turn(
        text,
        with_topic({**parse, "text": text, "entities": entities}, "inform"),
        {**metadata, "about": "supplement_dispute", "runs": _RUNS},
    )


_CALLED = {SUM: "刚才算的学费", **dict.fromkeys(BOOKED, "刚才约的")}
_PAYER = re.compile(r"老板|站长|公司|平台|单位|站点|工资|欠")


def _is_of_ticket(what: str, text: str, after: str) -> bool:
    """Whether the words can be about the ticket though another matter came after it: they name what they change."""
    if what in NAMES:
        return after in BOOKED or not sum_alone(text)
    return after == TALK and (what == "left" or bool(_PAYER.search(text)))


def _may_be_other(what: str, text: str, after: str) -> bool:
    """Whether the other matter has such a value too, or nothing says what the value is of."""
    if after == TALK:
        return False
    if after in BOOKED:
        return what == "phone" or sum_alone(text)
    return what == "sum" if after == SUM else True


_NOT_THE_FIRM = re.compile(
    rf"(?:{WRONG}|[\s，,]){{0,3}}不是(?P<old>[^\s，,是]{{1,12}})[\s，,]*(?:而是|应该是|是)\s*(?P<new>[^\s，,。]{{2,20}})[。!！]?"
    rf"|(?:{WRONG}[\s，,]*){{1,2}}(?:应该)?是\s*(?P<alone>[^\s，,。]{{2,20}})[。!！]?"
)


def _other_firm(text: str, entities: list[Any]) -> str | None:
    """ "不是美团 是顺丰", "写错了 是顺丰": the firm that is right, when what is named is one."""
    found = _NOT_THE_FIRM.fullmatch(text.strip())
    if found is None or _asks(text) or any(e.get("entity") in ("amount", "phone") for e in entities):
        return None
    new = str(found["new"] or found["alone"]).removesuffix("的")
    firms = [str(text[e["start"] : e["end"]]) for e in entities if e.get("entity") == "employer" and "start" in e]
    named = next((firm for firm in firms if firm in new), None)
    old = found["old"] is not None and any(firm in found["old"] for firm in firms)
    if not named and not old:
        return None
    return new if is_a_name(new) else named


def _asks(text: str) -> bool:
    return bool(QUESTION.search(text.replace("饿了么", "")))


def _is_shown(tracker: DialogueStateTracker) -> bool:
    return any(
        choice.get("payload") == "/supplement_dispute" and turns_since(tracker, choice.get("turn")) <= MORE_LIFE
        for choice in tracker.get_slot("last_choices") or ()
    )


def _asked_back(tracker: DialogueStateTracker) -> str | None:
    """What the rider said was wrong in the message before, when the right value was asked for."""
    last = next((e for e in reversed(tracker.events) if isinstance(e, UserUttered)), None)
    if last is None or (last.metadata or {}).get("runs") != _RUNS or not lacks_value(str(last.text or "")):
        return None
    return str(last.text)


_IS_PLACE = re.compile(
    rf"(?:(?:地点|地方|位置)?{WRONG}[\s，,]*){{1,2}}(?:应该)?(?:是|在).{{2,16}}|(?:地点|地方|位置)(?:改成|应该是|是).{{2,16}}"
)
_IS_NUMBER = re.compile(rf"(?:{WRONG}[\s，,]*){{1,2}}(?:应该)?是?\s*1\d[\d\s-]{{9,12}}")


def mends_just_filed(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "写错了 是锦溪" after a report, "电话写错了 是139…" after a visit was booked."""
    if tracker.active_loop_name or text.startswith("/") or len(text) > LENGTH or _asks(text):
        return None
    form, kinds = last_form(tracker), {e.get("entity") for e in parse.get("entities") or []}
    what = None
    if form == "suggestion_form" and "place" in kinds and _IS_PLACE.fullmatch(text.strip()):
        what = "report_place"
    elif form in BOOKED and "工单" not in text and "phone" in kinds:
        what = "visit_phone" if kind(text) == "phone" or _IS_NUMBER.fullmatch(text.strip()) else None
    if what is None:
        return None
    about = {"about": "inform", "runs": "action_mend_just_filed", "mends": what}
    return Turn(text, with_topic(parse, "inform"), {**metadata, **about})
