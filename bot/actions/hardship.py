"""Neighbours of the ten projects that riders ask about in plain need: nothing to eat, a credit card."""

from __future__ import annotations

from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import BotAction, Event, Heard, say
from bot.knowledge.topics import payload

_HUNGRY = (
    r"(?:没|冇)(?:有)?钱(?:吃|买)(?:饭|东西|吃的)|(?:吃不(?:上|起)|没得吃|没饭吃)(?:饭)?"
    r"|(?:[一二两三四五几0-9]|好几)天.{0,2}(?:没|未)(?:有)?吃(?:上|过|到)?(?:一口|一顿)?(?:饭|东西|的)|饿了?(?:[一二两三四五几0-9]|好几)天"
)
_NO_MONEY = r"没(?:有)?钱|身无分文|一分(?:钱)?(?:都|也)?(?:没|无)|揭不开锅"


class ActionHungry(BotAction):
    """Days without a meal and no money: who can help today. Pay withheld is a claim, a meal missed at work is none."""

    action_name = "action_hungry"
    listed: ClassVar[bool] = False
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        (
            "",
            rf"^(?!.*(?:工资|老板|站长|公司|平台|拖欠|欠我|欠薪|押金|[不没](?:给|发|结)|扣|空腹|检查|忙|减肥|封|政府))"
            rf"(?:(?=.*(?:{_NO_MONEY})).*(?:{_HUNGRY})|.*(?:没|冇)(?:有)?钱(?:吃饭|买饭|买吃的)|.{0, 6}(?:吃不(?:上|起)饭|没饭吃).{0, 4}$)",
        ),
    )

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        say(
            dispatcher,
            "先顾人。打 12345（24 小时有人接），说清您在哪、几天没吃上饭、身上没钱，请他们找能帮您的部门。\n"
            "头晕、站不住，马上打 120。\n"
            "驿站能歇脚喝水，有没有吃的以现场为准。是单位欠您的钱没发，我帮您登记。",
            [payload("find_station"), payload("open_dispute"), payload("human_handoff")],
        )
        return []


class ActionCreditCard(BotAction):
    """A credit card is none of the bank's five services for riders, but the bank is the one to ask."""

    action_name = "action_credit_card"
    listed: ClassVar[bool] = False
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        (
            "",
            r"^(?!.*(?:盗刷|被刷|骗|验证码|保证金|转账|链接|注销|催收|套路|养|分期|贷款|还款|逾期)).*(?:(?:办|申请|开|弄|搞|有没有|能不能批).{0,6}信用卡|信用卡.{0,6}(?:怎么办|咋办理?|能办|办不|办得|申请|额度))",
        ),
    )

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        say(
            dispatcher,
            "信用卡得问建行网点：昆小哥银行公布的五样服务里没写信用卡，能不能办、要什么条件由银行定，我不乱说。\n"
            "说先交钱、包下卡的，别信。",
            [payload("find_bank"), ("让银行给我回电", "/bank/what_is:call"), payload("bank/what_is")],
        )
        return []
