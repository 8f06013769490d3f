"""Short words that only make sense after the answer above them: "帮我报", "收不收钱", "那闯红灯呢", "说错了 是2次".

What is left out is put back from the answer, and the message is read again as if it had been said whole.
"""

from __future__ import annotations

import re
from typing import Any

from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.actions.law_answers import STRIKES
from bot.dialogue.law_talk import law_point
from bot.dialogue.turn import Parse, Turn, turns_since, with_topic
from bot.knowledge.follow_ups import follow_ups
from bot.language import normalise

LENGTH = 16  # characters
_SIGNS_UP = re.compile(
    r"(?:那|好|行|嗯|请|就|我|要|想|先)*[，,\s]*(?:帮我|给我|替我)?(?:报|加入|登记|报名|报上|加|报一个)(?:一下|上|名|吧|呗|个)*[。!！]?"
)
_HOW_LONG = re.compile(
    r"(?:那|大概|一般|得|要|需要|办下来|拿证|出证)*(?:多久|多长时间|几天)(?:能?(?:好|拿|办好|下来|出来?|出证))?(?:啊|呀|呢|了)?[?？]?"
)
_COSTS = re.compile(
    r"(?:那|这|都|要|得)*(?:收不收(?:钱|费)|要不要钱|要钱[吗不么]|收(?:钱|费)[吗不么]|花钱[吗不么]|(?:是)?免费(?:的)?[吗不么]|多少钱)"
    r"(?:啊|呀|呢)?[?？]?"
)
_OFFENCE = re.compile(
    r"(?:那|要是|如果)*(?P<what>闯红灯|逆行|逆向行驶|超速|超载|载人|带人|走机动车道|占(?:用)?机动车道|违停|乱停|没上牌|不上牌|看手机|打电话|改装)(?:的话)?(?:呢|怎么罚|罚多少|罚不罚)[啊呀]?[?？]?"
)
_ANOTHER_COUNT = re.compile(
    r"(?:说|打|写|讲|记)错了?[，,\s]*(?:应该)?(?:是|就)?(?P<count>[一二两三四五六七八九十\d]{1,2})(?:次|回)[了吧]?"
)
_MENDED_FEE = re.compile(
    r"(?:学费|钱|金额|数)?(?:说|打|写|讲|记|弄)错了?[，,\s]*(?:学费)?(?:应该)?(?:是|才)?"
    r"(?P<sum>[\d一二两三四五六七八九十百千万.,]+)(?:块|元)?钱?[吧了]?"
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
    if before == "women/what_is" and _SIGNS_UP.fullmatch(folded):
        return Turn(text, with_topic(parse, "join_alliance"), metadata)
    if _HOW_LONG.fullmatch(folded) and before in follow_ups() and "ready" in follow_ups()[before].lines:
        return Turn(
            text, with_topic(parse, before), {**metadata, "lines": {"topic": before, "keys": ["ready"], "again": True}}
        )
    if _COSTS.fullmatch(folded) and before == "school/how_to_enroll":
        return Turn(text, with_topic(parse, before), metadata)
    if _COSTS.fullmatch(folded) and (before == "find_station" or before.startswith("station/")):
        return Turn(text, with_topic(parse, "station/eligibility"), metadata)
    found, point = _OFFENCE.fullmatch(folded), str(about.get("point"))
    if found and (before == "safety/three_strikes" or point in _OF_FINES):
        unsure = with_topic({**parse, "matters": []}, "nlu_fallback", 0.0)
        return law_point(f"{found['what']}罚多少", unsure, metadata, tracker)
    counted = _ANOTHER_COUNT.fullmatch(folded)
    if counted and (before == "safety/three_strikes" or point == STRIKES):
        whole = f"{counted['count']}次违法要学习吗"
        return law_point(whole, with_topic({**parse, "matters": []}, "safety/three_strikes"), metadata, tracker)
    case = tracker.get_slot("subsidy_case")
    mended = _MENDED_FEE.fullmatch(folded)
    if mended and isinstance(case, dict) and turns_since(tracker, case.get("turn")) <= 1:
        return Turn(f"学费{mended['sum']}", with_topic(parse, "calc_subsidy"), {**metadata, "what_if": True})
    return None
