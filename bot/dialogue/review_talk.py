"""Short questions after the review of a traffic finding was asked about: whether there is still time, where, what it costs."""

from __future__ import annotations

import re
from typing import Any

from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.actions.law_answers import LAW
from bot.dialogue.turn import Parse, Turn, with_topic
from bot.language import normalise
from bot.language.review_days import REVIEW, asks_if_in_time

MESSAGES_BACK = 3  # the rider's messages within which the finding is still what is talked of
SHORT = 24  # characters of such a question
_PASSING = frozenset(["inform", "affirm", "deny", "thank", "chitchat", "nlu_fallback", "out_of_scope", "bot_feedback"])
_OF_IT = r"(?:那|那个|这个|这|它|复核|申请|请问|还有|另外|要是|如果|的话|都|就|书面|我|是|到底|[,，\s])*"
_TAIL = r"(?:呢|啊|呀|吗|的|了|不|哈|么|伐|呗|吧|[?？。,，\s])*"
_MATERIAL = r"(?:材料|申请书?|书面|东西|资料|复核|钱)"
_ASPECTS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (point, re.compile(f"{_OF_IT}(?:{words}){_TAIL}"))
    for point, words in (
        (
            "review_cost",
            r"(?:要不要|收不收|用不用|花不花|要|收|得|需要|还要|会)(?:我)?(?:交|收|花|付|出)?(?:多少|几块)?(?:钱|费用?)(?:不要钱)?"
            r"|免费|免不免费|多少钱|收费|贵不贵|费用(?:多少|谁出)?",
        ),
        (
            "review_where",
            rf"(?:在|去|到|上|往|找|交给?|递|送|寄)*(?:哪儿?里?|哪里|啥地方|什么地方|哪个部门|哪个队|谁)(?:里|儿)?(?:去)?(?:能|可以)?(?:交|办|弄|申请|递|送|提|找)?(?:给谁|过去)?{_MATERIAL}?"
            rf"|{_MATERIAL}?(?:交|递|送|寄)(?:到|去|给)?(?:哪儿?里?|哪里|谁|哪个部门|什么地方|啥地方)(?:去|啊)?|上一级(?:交警)?(?:部门)?(?:是哪|在哪|是谁|是什么|是啥)(?:里|儿|个)?|地址(?:在哪儿?|是哪|发一下)?",
        ),
        (
            "review_docs",
            rf"(?:要|得|需要|应该|该)?(?:带|准备|拿|交|提供|备|写)(?:些|点|上)?(?:啥|什么|哪些)(?:材料|东西|资料|手续|证件?)?|(?:要|需要)(?:啥|什么|哪些)(?:材料|手续|证件?|东西)|(?:怎么|咋|如何|咋个)写{_MATERIAL}?|材料(?:要啥|要什么|有哪些)?",
        ),
        (
            "review_when",
            r"(?:多久|几天|多长时间|什么时候|啥时候|几号|哪天)(?:之?[内前])?(?:要|得|必须|能|可以)?(?:去)?(?:交|提|申请|办)(?:完|上去)?",
        ),
        (
            "review_long",
            r"(?:要|得|大概|一般)*(?:等)?(?:多久|多长时间|几天|什么时候|啥时候)(?:才|能|可以|会|就)*(?:有|出|知道|拿到)?(?:办完|办好|下来|有结果|结果|出来|好|答复|回复|通知)",
        ),
    )
)


def review_talk(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """ "过了五天了 还行不", "在哪交" after "交警认定我全责 我不服 咋复核"."""
    if text.startswith("/") or tracker.active_loop_name or not _is_talked_of(tracker):
        return None
    folded = normalise(text).text.strip()
    if not folded or len(folded) > SHORT:
        return None
    point = asks_if_in_time(folded) or next((name for name, words in _ASPECTS if words.fullmatch(folded)), None)
    if point is None:
        return None
    about = {"about": f"law:{point}", "runs": LAW, "point": point, "told": [], "whole": False, "of": "road"}
    return Turn(text, with_topic(parse, "inform"), {**metadata, **about})


def _is_talked_of(tracker: DialogueStateTracker) -> bool:
    """Whether the rider's last messages asked about the review, with nothing else in between."""
    users = [event for event in tracker.events if isinstance(event, UserUttered)]
    for event in reversed(users[-MESSAGES_BACK:]):
        if point := (event.metadata or {}).get("point"):
            return point in REVIEW
        if (event.metadata or {}).get("about") or str((event.parse_data or {}).get("topic")) not in _PASSING:
            return False
    return False
