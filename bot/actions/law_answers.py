"""Answers one narrow point of law or traffic (`bot.knowledge.law_points`), with the rider's own dates where they matter."""

from __future__ import annotations

import re
from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import BotAction, Choice, Event, Heard, say
from bot.actions.law_deadlines import deadline_text
from bot.knowledge.answers import answers
from bot.knowledge.law_points import law_points
from bot.knowledge.topics import payload
from bot.language import find_numbers
from bot.services.safety_rules import EDUCATION_THRESHOLD

LAW = "action_law_point"
DEADLINE, STRIKES, UNWELL = "deadline", "strikes", "unwell"
NEXT: list[Choice] = [("现在就登记", "/open_dispute"), payload("dispute/legal_aid"), payload("dispute/where")]
_PREGNANT = re.compile(r"怀孕|怀了|孕期|产假|哺乳")
_COUNT = re.compile(r"([一二两三四五六七八九十\d]+)\s*(?:次|回|个)")


class ActionLawPoint(BotAction):
    """`metadata.point` names the point, `metadata.told` what was told before of the same matter."""

    action_name = LAW
    listed: ClassVar[bool] = False

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        name = str(heard.metadata["point"])
        choices: list[Choice]
        if name == DEADLINE:
            own = [] if heard.metadata.get("whole") else [heard.text]
            told = [*heard.metadata.get("told", ()), *own]
            dated_text = deadline_text(told, heard.now, inspection_only="监察" in heard.text and len(told) > 1)
            rules = answers()["dispute/time_limit"]
            text, choices = dated_text or rules.text, NEXT if dated_text else list(rules.buttons)
        elif name == STRIKES:
            text, choices = _strikes(heard.text)
        else:
            point = law_points()[name]
            text, choices = point.text, list(point.choices)
            if name == "compensation_dismissal" and _PREGNANT.search(heard.text):
                text = f"怀孕、产假、哺乳期不能因此辞退（妇女权益保障法第48条）。\n{text}"
        say(dispatcher, text, () if tracker.active_loop or name == UNWELL else choices)
        return [FollowupAction("hospital_form")] if name == UNWELL and not tracker.active_loop else []


def _strikes(text: str) -> tuple[str, list[Choice]]:
    """How many minor offences it takes, and how far the number that was told is from it."""
    found = _COUNT.search(text)
    numbers = find_numbers(found[1]) if found else []
    count = int(numbers[0].low) if numbers else 0
    rule = f"轻微交通违法累计达 {EDUCATION_THRESHOLD} 次以上，要参加学习教育。"
    if count >= EDUCATION_THRESHOLD:
        own = f"照您说的 {count} 次，已经到了。"
    elif count:
        own = f"照您说的 {count} 次，再有 {EDUCATION_THRESHOLD - count} 次就到了，路上慢点。"
    else:
        own = ""
    return (
        f"{rule}{own}\n哪些算轻微、按多长时间累计没有公布，以交警通知为准，也可以打 12345 转市公安局问。",
        [payload("book_education"), payload("my_safety_record"), payload("safety/three_strikes")],
    )
