"""Afraid of the boss, or not wishing to be named: what the law says of informants, and what a ticket here needs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import dispute_place as where
from bot.actions import dispute_story as story
from bot.actions.base import BotAction, Event, Heard, say
from bot.actions.form_asking import slots_set
from bot.actions.form_fields import SKIPPED, Field, Values
from bot.actions.form_reading import read_fields
from bot.actions.registry import form_of
from bot.actions.wording import QUESTION
from bot.knowledge.topics import payload

CLAIM = "dispute_form"

_BOSS = r"(?:老板|站长|公司|单位|平台|队长|经理|主管|领导|他们|上面|站里)"
_UNNAMED = (
    r"匿名|不(?:想|敢|愿|能)(?:意)?(?:留|写|说|报|透露)(?:我的?)?(?:名字?|姓名|真名|身份)(?!.{0,3}公司)"
    r"|(?:不(?:用|要|填|留)|可以不).{0,3}(?:名字|姓名|真名).{0,3}(?:吗|行|可以)"
)
_FOUND_OUT = (
    rf"(?:怕|担心|别让|不想让|万一|要是|会不会|能不能).{{0,4}}{_BOSS}.{{0,6}}(?:知道|晓得|发现|查到)"
    rf"|{_BOSS}.{{0,4}}(?:会不会|会|能不能|要是|万一).{{0,3}}(?:知道|晓得|发现|查到)(?:了)?(?:是)?(?:我|谁|俺)"
    rf"|(?:会不会|别|不要|是不是会|会)(?:去)?(?:告诉|通知|透露给|漏给|联系)(?:我们?的?|俺的?)?{_BOSS}"
)
_REVENGE = (
    r"(?:怕|会不会|担心|会).{0,8}(?:报复|穿小鞋|打击|秋后算账)|(?:报复|威胁|恐吓)(?:我|俺).{0,6}(?:怎么办|咋办|咋整|怕)|怕.{0,6}被(?:报复|威胁|恐吓)"
    rf"|{_BOSS}.{{0,12}}(?:找人|要|说).{{0,4}}(?:打我|弄我|(?:弄|整|打)死(?!也|都)|收拾我|堵我|要我好看)"
)
_OF_DISPUTES = ("open_dispute", "withdraw_dispute", "dispute/rights_consult", "dispute/one_window", "dispute/where")
_FEARS = re.compile(r"怕|担心|不敢|不想|不愿|别|不要|报复|穿小鞋|威胁|恐吓|打我|弄我|整死|收拾|堵我")
_FIRM = re.compile(r"公司|单位|站点|平台")
_THREAT = re.compile(r"打我|找人|弄我|整死|收拾|恐吓|威胁|堵我|砍|要我好看|卸.{0,2}腿")


def _is_told(text: str) -> bool:
    """Fear, or a wish to stay unnamed; "能匿名吗" only asks."""
    return not QUESTION.search(text) or bool(_FEARS.search(text))


class ActionAfraid(BotAction):
    """劳动保障监察条例 Art 9: informants are kept secret; Art 30: revenge on them is to be stopped, and punished."""

    action_name = "action_afraid"
    listed: ClassVar[bool] = False
    within: ClassVar[frozenset[str]] = frozenset({"dispute_form", "supplement_form", "details_form", "withdraw_form"})
    anywhere: ClassVar[tuple[str, ...]] = (_UNNAMED, _FOUND_OUT, _REVENGE)
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        *((topic, words) for topic in _OF_DISPUTES for words in (_UNNAMED, _FOUND_OUT, _REVENGE)),
        *(
            (topic, words)
            for topic in ("chitchat", "out_of_scope", "inform", "help")
            for words in (_FOUND_OUT, _REVENGE)
        ),
    )

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        danger = bool(_THREAT.search(heard.text))
        form = form_of(CLAIM) if (tracker.active_loop or {}).get("name") == CLAIM else None
        told = _told(form.all_fields(), tracker, heard) if form else {}
        noted = "\n这句也记进登记了，提交以后窗口看得到。" if "dispute_summary" in told else ""
        first = "有人威胁您、要动手，马上打 110，聊天和录音留好。\n" if danger else ""
        say(
            dispatcher,
            f"{first}怕是正常的。劳动监察要给举报人保密（劳动保障监察条例第9条），打击报复举报人的，监察要责令改正，违反治安管理的由公安处罚（第30条）。\n"
            "在这里登记不用写姓名，要留个手机号，窗口好联系您。要的是自己的钱，窗口去核实时单位可能猜得到是谁，"
            f"怕的话先跟窗口讲明。只想问问、不登记，可以打 12333 或 12348（免费法律咨询）。{noted}",
            ()
            if tracker.active_loop
            else [payload("open_dispute"), payload("dispute/legal_aid"), payload("human_handoff")],
        )
        return slots_set(told)


def _told(fields: Sequence[Field], tracker: Tracker, heard: Heard) -> Values:
    """The fear, for the words that the seat reads, and what the message tells besides of what is not known yet."""
    values: Values = {field.name: tracker.get_slot(field.name) for field in fields}
    still_open = [field for field in fields if values[field.name] is None]
    found, _, _ = read_fields(heard, still_open, None, values)
    firm_kept_back = _FIRM.search(heard.text) and story.FIRM_UNTOLD.search(heard.text)
    if tracker.get_slot("requested_slot") == "employer" and firm_kept_back:
        found.setdefault("employer", SKIPPED)
    firm = found.get("employer", SKIPPED)
    if firm != SKIPPED and values["dispute_place"] is None and "dispute_place" not in found:
        found["dispute_place"] = where.of_firm(str(firm), f"{values['dispute_summary'] or ''}；{heard.text}")
    if _is_told(heard.text):
        found["dispute_summary"] = story.told_also(values, heard.text.strip())
    return found
