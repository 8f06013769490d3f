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
            "\n".join([*lines, "联系不上就打 12345（24 小时有人接），会转给责任单位。"]),
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


class ActionPrivacy(BotAction):
    """What becomes of a number and of a talk: asked in the middle of a form as often as outside."""

    action_name = "action_privacy"
    listed: ClassVar[bool] = False
    anywhere: ClassVar[tuple[str, ...]] = (
        r"(?:聊天|信息|手机号?|电话|号码|隐私|资料|位置|身份证).{0,8}(?:泄露|泄漏|别人.{0,4}看|谁.{0,3}看|被看|给别人|卖给|卖掉|安不安全|安全吗|会不会.{0,4}[漏卖])",
        r"(?:泄露|泄漏).{0,4}(?:我|信息|身份证|电话|手机)",
        r"(?:留|要|存|记|填|收集).{0,5}(?:手机号?|电话|号码|信息|身份证).{0,4}(?:干啥|干嘛|干什么|做啥|做什么|有啥用|有什么用|什么用)",
    )

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        say(
            dispatcher,
            "手机号只用来办您登记的事，方便经办的人联系您。平时打码，工作人员点开看会留记录。\n"
            "您的工单和预约别的骑手看不到，聊天记录里的手机号、卡号、身份证号也打码。\n"
            "不想留了，随时说“别记了”或者“删除我的信息”。",
            () if tracker.active_loop else [("删除我的信息", "/delete_my_data"), payload("help")],
        )
        return []


class ActionTrafficCourse(BotAction):
    """Whether a course teaches what to do after a crash: what is published speaks of first aid only."""

    action_name = "action_traffic_course"
    listed: ClassVar[bool] = False
    phrases: ClassVar[tuple[tuple[str, str], ...]] = tuple(
        (topic, r"(?=.*(?:课|培训|讲座|教))(?=.*(?:交通事故|车祸|事故处理|处理事故|交通法|交规))")
        for topic in ("hospital/first_aid_training", "school/levels", "school/what_is", "nlu_fallback")
    )

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        say(
            dispatcher,
            "公布的课程里没写教不教交通事故处理，我不乱说：昆小哥医院教的是急救，学堂读的是学历。\n"
            "交通这块归交警，他们的学习教育有看视频、学法规；站点想请交警来讲，打 12345 转所在区镇的交警中队问。\n"
            "真出了事故：有人伤着先打 120、122；怎么处理直接问我。",
            [payload("safety/education_sites"), payload("hospital/first_aid_training")],
        )
        return []


class ActionWrongMessage(BotAction):
    """ "打错了", "发错人了" when nothing is being filled in."""

    action_name = "action_wrong_message"
    listed: ClassVar[bool] = False
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        (
            "",
            r"^(?:哎|啊|哦|不好意思|抱歉|对不起|[，,\s])*(?:我)?(?:(?:打|发|按|点)错(?:字|人|群|地方)?了?|不好意思|抱歉)[啊哈呀。！!]*$",
        ),
    )

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        say(dispatcher, "没事，不要紧。有要办的直接说。", [payload("help")])
        return []


class ActionWhySoMany(BotAction):
    """Tired of the questions in the middle of a form: why they are put, and that one may pass over them."""

    action_name = "action_why_so_many"
    listed: ClassVar[bool] = False
    anywhere: ClassVar[tuple[str, ...]] = (
        r"^.{0,6}(?:问(?:这么|那么|这样)多|问东问西|问来问去|问个没完|(?:问题|事儿?)(?:怎么|咋)?(?:这么|那么|真)多"
        r"|(?:怎么|咋|为什么|为啥)(?:要|还要|还)?(?:问|填)(?:这么多|这些|那么多)|还有(?:几|多少)(?:个|项)?(?:问题|要填))"
        r".{0,6}[？?。!！]*$",
    )

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        if tracker.active_loop:
            say(dispatcher, "辛苦您了。问的都是经办的人要用的，好少让您跑一趟；不想说的说“跳过”，不想办了说“算了”。")
        else:
            say(dispatcher, "好，不多问。要办什么，您一句话说就行。", [payload("help")])
        return []
