"""Short messages after a crash was asked about: "没伤" once the ambulance was named, "要报警不"."""

from __future__ import annotations

import re
from typing import Any

from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.actions.law_answers import LAW
from bot.dialogue.turn import Parse, Turn, with_topic
from bot.language import normalise
from bot.language.legal import CRASHES, find_point

MESSAGES_BACK = 3  # the rider's messages within which the crash is still what is talked of
SHORT = 20  # characters
_LEAD = r"(?:那|那个|这个|这种|这|还|到底|请问|我|我们|双方|的话|都|[,，\s])*"
_TAIL = r"(?:呢|啊|呀|吗|的|了|不|哈|么|伐|呗|吧|一下|[?？。,，\s])*"
_UNHURT = re.compile(
    rf"{_LEAD}(?:人|大家|两个人|对方|他|她|也|就是|车)*(?:都|也)?(?:没(?:有)?(?:人)?(?:受)?伤(?:着|到|人)?|没(?:什么|啥)?(?:大)?事儿?|没啥大碍|好好的)"
    rf"(?:{_LEAD}(?:人|车|对方|他|她|就)*(?:都|也)?(?:没(?:有)?(?:受)?伤(?:着|到)?|没(?:什么|啥)?事儿?|(?:就)?(?:刮|蹭|擦|碰)(?:了|花|掉|坏)*(?:一?点)?(?:漆|皮)?))?{_TAIL}"
)
_POLICE = re.compile(
    rf"{_LEAD}(?:要不要|用不用|需不需要|该不该|必须|一定要|要|用|得|需要|需|能不能不|可以不|不)?(?:先)?"
    rf"(?:报(?:个)?(?:警|交警)|(?:打|拨)(?:个)?(?:122|110|交警)(?:电话)?|(?:叫|找|喊|等)(?:个)?交警(?:来)?)(?:行不行|行|可以|好|要不要)?{_TAIL}"
)


def crash_talk(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """The turn of such a message; None where no crash was asked about or somebody may be hurt."""
    folded = normalise(text).text.strip()
    if text.startswith("/") or tracker.active_loop_name or not folded or len(folded) > SHORT:
        return None
    point = "accident_unhurt" if _UNHURT.fullmatch(folded) else "accident_police" if _POLICE.fullmatch(folded) else None
    if point is None or not _is_talked_of(tracker):
        return None
    about = {"about": f"law:{point}", "runs": LAW, "point": point, "told": [], "whole": False, "of": "road"}
    return Turn(text, with_topic(parse, "inform"), {**metadata, **about})


def _is_talked_of(tracker: DialogueStateTracker) -> bool:
    users = [event for event in tracker.events if isinstance(event, UserUttered)]
    for event in reversed(users[-MESSAGES_BACK:]):
        about = (event.metadata or {}).get("point") or find_point(str(event.text or ""))
        if about is not None:
            return about in CRASHES
        if str((event.parse_data or {}).get("topic")) not in ("inform", "affirm", "deny", "thank", "emergency"):
            return False
    return False
