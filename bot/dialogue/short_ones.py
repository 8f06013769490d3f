"""Short words that only make sense after an answer about fines: "那闯红灯呢", "说错了 是2次".

What is left out is put back from the answer, and the message is read again as if it had been said whole.
"""

from __future__ import annotations

import re
from typing import Any

from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.actions.law_answers import STRIKES
from bot.dialogue.law_talk import law_point
from bot.dialogue.turn import Parse, Turn, with_topic
from bot.language import normalise

LENGTH = 16  # characters
_OFFENCE = re.compile(
    r"(?:那|要是|如果)*(?P<what>闯红灯|逆行|逆向行驶|超速|超载|载人|带人|走机动车道|占(?:用)?机动车道|违停|乱停|没上牌|不上牌|看手机|打电话|改装)(?:的话)?(?:呢|怎么罚|罚多少|罚不罚)[啊呀]?[?？]?"
)
_ANOTHER_COUNT = re.compile(
    r"(?:说|打|写|讲|记)错了?[，,\s]*(?:应该)?(?:是|就)?(?P<count>[一二两三四五六七八九十\d]{1,2})(?:次|回)[了吧]?"
)
_OF_FINES = frozenset({"helmet_fine", "fine_general", "speed_limit", STRIKES})


def short_one(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """The turn of such words after the answer they belong to."""
    if tracker.active_loop_name or text.startswith("/") or len(text) > LENGTH:
        return None
    last = next((event for event in reversed(tracker.events) if isinstance(event, UserUttered)), None)
    if last is None or str(parse.get("text") or "").startswith("/"):
        return None
    folded = normalise(text).text.strip()
    before, about = str((last.parse_data or {}).get("topic")), last.metadata or {}
    found, point = _OFFENCE.fullmatch(folded), str(about.get("point"))
    if found and (before == "safety/three_strikes" or point in _OF_FINES):
        unsure = with_topic({**parse, "matters": []}, "nlu_fallback", 0.0)
        return law_point(f"{found['what']}罚多少", unsure, metadata, tracker)
    counted = _ANOTHER_COUNT.fullmatch(folded)
    if counted and (before == "safety/three_strikes" or point == STRIKES):
        whole = f"{counted['count']}次违法要学习吗"
        return law_point(whole, with_topic({**parse, "matters": []}, "safety/three_strikes"), metadata, tracker)
    return None
