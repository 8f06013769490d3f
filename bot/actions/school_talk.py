"""昆小哥学堂 in talk: whether a second degree is paid for, and "那中专呢", "大专有吗" after an answer about the school."""

from __future__ import annotations

import re
from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import BotAction, Choice, Event, Heard, say
from bot.knowledge.topics import payload
from bot.language import normalise
from bot.services.school import fit

_LEVELS = {
    "小学": "primary",
    "初中": "junior_high",
    "高中": "senior_high",
    "中专": "vocational",
    "职高": "vocational",
    "技校": "vocational",
    "大专": "junior_college",
    "专科": "junior_college",
    "高职": "junior_college",
    "专升本": "bachelor",
    "本科": "bachelor",
    "学士": "bachelor",
    "研究生": "postgraduate",
    "硕士": "postgraduate",
    "博士": "postgraduate",
}
DEGREE_WORDS = frozenset({"大专", "专科", "高职", "本科", "专升本"})
_DEGREE = r"大专|专科|高职|本科|学士|研究生|硕士"
_AGAIN = r"(?:再|又|还想|接着|重新|另)(?:外|去|来|想|要)?"
_TWO_DEGREES = re.compile(
    rf"(?P<had>{_DEGREE})[^没未]{{0,12}}?{_AGAIN}.{{0,4}}?[读念上拿考学][^没]{{0,8}}?(?P<aim>大专|专科|本科)"
    rf"|(?P<same>{_DEGREE})[^没未]{{0,8}}?{_AGAIN}[读念上拿考学]多?一?个"
)
_SECOND = re.compile(r".{0,6}?第?二(?:个)?学历.{0,4}?(?:[补给行拿能]|双千)")
_PAID = re.compile(r"补|给钱|有钱|报销|双[千钱]|一千|1000|二学历|奖")
# no diploma of the first, what the words mean, two courses one after the other: not published or another question
_ANOTHER_MATTER = re.compile(
    r"[没未](?:能|有)?(?:毕|[读念上]完|拿到)|退学|肄业|为[啥什]|什么意思|怎么算|两次|两段|都[补给]|多久|几年|\d{3}|[千万]"
)
_LONGEST = 60
_ASKS_LEVEL = re.compile(
    r"(?:那|要是|如果|我|只有|就|是|个|读|,|\s){0,4}(?P<level>小学|初中|高中|中专|职高|技校|大专|专科|高职|专升本|本科|研究生|硕士|博士)"
    r"(?:的|生|证|毕业|文凭|学历){0,2}(?:也|就|还|都)?(?:[给能行补算]不[给能行补算]|有没有|可不可以|有|能|可以|行|给|补|算|成)?(?:读|报|上|拿|领|补|有)?"
    r"(?:不|没有?|钱)?(?:有|能|行|读|报|补|可以)?[吗么嘛呢呀啊不没?]{0,3}"
)
ENROL: Choice = payload("enroll_school")


def two_degrees(text: str) -> tuple[str, str] | None:
    """(degree had, degree wanted) of "有个大专了 再读一个本科 给补吗"; ("", "") of "二学历补不补"; None: something else."""
    folded = normalise(text).text
    if len(folded) > _LONGEST or not _PAID.search(folded):
        return None
    said = re.sub(r"一千|双千", "", folded)
    if _ANOTHER_MATTER.search(said):
        return None
    if "专升本" in folded and "二学历" in folded:
        return "大专", "本科"
    found = _TWO_DEGREES.search(folded)
    if found is not None:
        return (found["same"], found["same"]) if found["same"] else (found["had"], found["aim"])
    return ("", "") if _SECOND.match(folded) else None


def level_asked(text: str) -> str | None:
    """The schooling that a short question names and nothing else: "那中专呢", "大专有吗"."""
    folded = normalise(text).text.strip()
    if len(folded) > 14 or not re.search(r"[吗么嘛呢不没?？]$|[给能行补算]不[给能行补算]|有没有|可不可以", folded):
        return None
    found = _ASKS_LEVEL.fullmatch(folded)
    return found["level"] if found else None


class ActionSecondDegree(BotAction):
    """Yes or no first, then the rule it comes from."""

    action_name = "action_second_degree"
    listed: ClassVar[bool] = False

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        had, aim = two_degrees(heard.text) or ("", "")
        if had and fit(_LEVELS[aim], _LEVELS[had]) == "fits":
            head = "不算二学历，能补" if re.search(r"(?:算|属于|是)[^补]{0,4}二学历", heard.text) else "按规定能补"
            text = (
                f"{head}：有{had}再读{aim}是往上读，不按二学历算，以昆山开放大学认定为准。\n"
                f"纳入学堂统一管理、在规定时间内拿到江苏开放大学{aim}毕业证，补学费总额的 50%；"
                "是工会会员并符合条件，还可申领“双千计划” 1000 元。"
            )
            say(dispatcher, text, [payload("calc_subsidy"), payload("school/subsidy_rule"), ENROL])
            return []
        this = f"您已有{had}，再读{aim}一般就算二学历" if had else "二学历补不了"
        text = (
            f"不补。规定写的是“不含二学历”：{this}，补一半学费和“双千计划” 1000 元都没有。\n"
            "您的情况算不算，以昆山开放大学认定为准，报名前先问清，也可以打 12345 转市教育局。"
        )
        say(dispatcher, text, [payload("school/subsidy_rule"), payload("school/levels"), payload("human_handoff")])
        return []


class ActionSchoolLevel(BotAction):
    """What holds for the schooling just named, after an answer about the school (`metadata.of_topic`)."""

    action_name = "action_school_level"
    listed: ClassVar[bool] = False

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        level = level_asked(heard.text) or "大专"
        topic = str(heard.metadata.get("of_topic") or "")
        choices = [payload("calc_subsidy"), payload("school/subsidy_rule"), ENROL]
        say(dispatcher, level_text(level, topic), choices)
        return []


def level_text(level: str, topic: str) -> str:
    """The answer in words; `topic`: of the answer before."""
    code = _LEVELS[level]
    if topic == "school/union_award":
        if code == "bachelor":
            return "本科有：是工会会员并符合条件，在规定时间内拿到非全日制本科毕业证（不含二学历），可申领 1000 元。"
        also = "大专能补的是学费总额的 50%，毕业后申领。" if code == "junior_college" else ""
        return f"{level}没有：“双千计划”的 1000 元只给非全日制本科、符合条件的工会会员。{also}"
    if topic in ("school/subsidy_rule", "school/how_to_claim", "calc_subsidy"):
        if code in ("junior_college", "bachelor"):
            return f"{level}能补：大专、本科一样，毕业后补学费总额的 50%，不含二学历；以学堂审核为准。"
        return f"{level}不补：只补江苏开放大学非全日制的大专和本科。" + _way(level, code)
    if code == "junior_college":
        return (
            f"{level}有：学堂读的是非全日制大专和本科。读大专要高中、中专或同等毕业证；"
            f"已经有{level}的可以读本科（专升本）。以当期招生通知为准。"
        )
    if code == "bachelor":
        return "本科有：读本科（专升本）要先有大专毕业证；已经有本科再读算二学历，学费不补。以当期招生通知为准。"
    return f"学堂只有大专和本科，没有{level}。" + _way(level, code)


def _way(level: str, code: str) -> str:
    """Where someone with that schooling may begin."""
    if code in ("senior_high", "vocational"):
        return f"有{level}毕业证可以报大专，读完再读本科（专升本）；以当期招生通知为准。"
    if code in ("primary", "junior_high"):
        return f"读大专一般要高中、中专或同等毕业证，只有{level}的先问昆山开放大学有没有别的路，或打 12345 转市教育局。"
    return ""
