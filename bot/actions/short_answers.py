"""Answers to one narrow question out of a wide topic: who is in charge of this one, may a pregnant rider be sent away."""

from __future__ import annotations

import re
from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import BotAction, Event, Heard, say
from bot.knowledge.initiatives import initiatives
from bot.knowledge.topics import payload
from bot.language import find_numbers, normalise

_WORDS_OF: dict[int, str] = {
    1: "驿站|党建地图|歇脚",
    2: "劳动争议|劳动纠纷|欠薪|拖欠|工资|仲裁|维权",
    3: "蓝窗|货车|上牌|通行证",
    4: "骑手安全|行车安全|违法|违章|安全标签|学习教育",
    5: "清凉|送温暖|饮品|冷饮|热饮|喝的|喝水",
    6: "医院|健康证|幽门|义诊|急诊",
    7: "学堂|学历|助学|学费|双千",
    8: "银行|建行|港湾|贷款",
    9: "图书馆|体质|年卡|优享卡|礼包|电影",
    10: "骑手姐姐|妇女微家|两癌|互助联盟",
}
_NUMBER = r"第\s*(?:[一二三四五六七八九]|十|10|[1-9])\s*(?:个|项|条)"
_ANY = "|".join(_WORDS_OF.values())


class ActionUnitOf(BotAction):
    """Who is in charge of the one project that was named; the whole list is the topic's own answer."""

    action_name = "action_unit_of"
    listed: ClassVar[bool] = False
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (("overview/responsible_unit", f"{_ANY}|{_NUMBER}"),)

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        text = normalise(heard.text).text
        numbered = re.search(_NUMBER, text)
        number = int(find_numbers(numbered[0])[0].low) if numbered else 0
        chosen = [
            i for i in initiatives() if i.number == number or (not number and re.search(_WORDS_OF[i.number], text))
        ]
        lines = [f"{one.name}由{one.unit}负责。" for one in chosen]
        say(
            dispatcher,
            "\n".join([*lines, "联系不上就打 12345，24 小时有人接，会转给责任单位。"]),
            [
                ("十个项目各归谁管", "/overview/responsible_unit"),
                ("我要提建议", "/leave_suggestion"),
                payload("human_handoff"),
            ],
        )
        return []


class ActionPregnancyLaw(BotAction):
    """A question, no complaint yet: what the law says first, then how to have it settled."""

    action_name = "action_pregnancy_law"
    listed: ClassVar[bool] = False
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        ("dispute/rights_consult", "怀孕|怀了|怀着|有孕|孕期|大着?肚子|产假|哺乳|坐月子"),
    )

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        say(
            dispatcher,
            "怀孕、产假、哺乳期，单位不能因为这个辞退您，也不能终止劳动合同或服务协议（妇女权益保障法第48条）。\n"
            "派单、排班、聊天记录先留好。要处理我可以帮您登记；拿不准打 12338（妇女维权）或 12348（免费法律咨询）。",
            [("登记我的纠纷", "/open_dispute"), ("免费律师", "/dispute/legal_aid"), payload("human_handoff")],
        )
        return []
