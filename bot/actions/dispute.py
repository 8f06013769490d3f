"""Labour disputes: the ticket form (worked example of a task form) and what is done with tickets."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import readers
from bot.actions.base import BotAction, Event, Heard, clear, say
from bot.actions.forms import SKIPPED, Field, Question, TaskForm, Values
from bot.knowledge.topics import payload
from bot.language import read_dispute_type

TYPES = {
    "wages": "拖欠工资",
    "deposit": "押金不退",
    "deduction": "扣款罚款",
    "injury": "受伤工伤",
    "contract": "没签合同",
    "dismissal": "辞退",
    "social_insurance": "社保",
    "account_ban": "封号限单",
    "other": "其他",
}
MONEY_TYPES = frozenset({"wages", "deposit", "deduction"})
_FIRM = re.compile(
    r"(?:公司|单位|站点|平台|老板|厂|店)(?:名|名字|名称)?(?:也|又|还)?(?:写错|说错|搞错|错|不对|改)?(?:了|一下)?[，,\s]*(?:应该)?(?:是|叫|改成|改为|换成)\s*(\S{2,24})"
)


def _firm(heard: Heard) -> str | None:
    corrected = _FIRM.search(heard.text)
    if corrected:
        return corrected[1].strip("，。,.!！的")
    return heard.surface("employer")


def _type(heard: Heard) -> str | None:
    value = heard.first("dispute_type")
    if value in TYPES:
        return str(value)
    return None


def _type_asked(heard: Heard) -> str | None:
    return _type(heard) or read_dispute_type(heard.text)


def _ask_amount(values: Values) -> Question:
    asks = {"wages": "一共欠您多少钱？", "deposit": "押金是多少钱？", "deduction": "一共扣了多少钱？"}
    return Question(f"{asks.get(str(values.get('dispute_type')), '涉及多少钱？')}说个大概数也行，不清楚就说不知道。")


class DisputeForm(TaskForm):
    form: ClassVar[str] = "dispute_form"
    start_topic: ClassVar[str] = "open_dispute"
    topics: ClassVar[frozenset[str]] = frozenset({"supplement_dispute"})
    title: ClassVar[str] = "劳动纠纷登记"
    confirm_title: ClassVar[str] = "请核对一下登记的内容："

    @classmethod
    def all_fields(cls) -> tuple[Field, ...]:
        return (
            Field(
                name="dispute_type",
                label="什么事",
                ask=lambda v: Question("是哪种情况？", tuple((TYPES[t], f'/inform{{"dispute_type":"{t}"}}') for t in TYPES)),
                read=_type,
                read_answer=_type_asked,
                show=lambda t: TYPES.get(str(t), "其他"),
            ),
            Field(
                name="employer",
                label="单位",
                ask=lambda v: Question("是哪家公司、平台或站点？说个名字就行。"),
                read=_firm,
                read_answer=lambda h: _firm(h) or readers.short_name(h),
                optional=True,
                free_text=True,
            ),
            Field(
                name="amount",
                label="金额",
                ask=_ask_amount,
                read=readers.amount_fen,
                read_answer=readers.amount_fen_asked,
                needed=lambda v: v.get("dispute_type") in MONEY_TYPES or v.get("amount") is not None,
                optional=True,
                show=readers.show_fen,
            ),
            Field(
                name="phone",
                label="手机",
                ask=lambda v: Question("留个手机号，工作人员好联系您。"),
                read=readers.phone,
                read_answer=readers.phone_asked,
                show=readers.show_phone,
            ),
            Field(
                name="dispute_place",
                label="上班地点",
                ask=lambda v: Question("在哪个区镇上班？"),
                read=lambda h: h.surface("place"),
                needed=lambda v: False,
                optional=True,
            ),
            Field(
                name="dispute_since",
                label="时间",
                ask=lambda v: Question("从什么时候开始的？"),
                read=lambda h: h.surface("time"),
                needed=lambda v: False,
                optional=True,
            ),
            Field(
                name="dispute_summary",
                label="",
                ask=lambda v: Question("简单说说经过。"),
                read=lambda h: None,
                needed=lambda v: False,
                optional=True,
            ),
        )

    def opening(self, values: Values) -> str | None:
        return "我帮您登记，交给劳动维权窗口处理。"

    async def prepare(self, tracker: Tracker, heard: Heard, values: Values) -> Values:
        text = "" if heard.text.startswith("/") else heard.text
        return {"dispute_summary": text[:500] or None}


class ActionSubmitDispute(BotAction):
    """Opens the ticket once the rider has said yes to the read-back."""

    action_name = "action_submit_dispute"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        values: dict[str, Any] = {f.name: tracker.get_slot(f.name) for f in DisputeForm.all_fields()}
        given = {name: None if value == SKIPPED else value for name, value in values.items()}
        person = await self.person_id(tracker)
        ticket = await self.services.disputes.open(
            person_id=person,
            dispute_type=str(given["dispute_type"]),
            employer=given["employer"],
            amount_fen=given["amount"],
            since=given["dispute_since"],
            place=given["dispute_place"],
            phone=str(given["phone"]),
            summary=given["dispute_summary"] or "",
            key=heard.key,
        )
        say(
            dispatcher,
            f"登记好了，工单号 {ticket.number}，交给{ticket.window_name}。\n"
            f"工作人员会按接诉即办的时限联系您。证据先留好：{_evidence(ticket.dispute_type)}。\n"
            "在哪个镇上班、从什么时候开始、还在不在职，想起来就直接发给我，我补进工单。",
            [payload("dispute_status"), payload("supplement_dispute"), payload("dispute/time_limit")],
        )
        return [*clear(*values), SlotSet("confirmed", None), SlotSet("ticket_number", ticket.number)]


def _evidence(kind: str) -> str:
    return {
        "wages": "工资流水、排班或接单记录、聊天记录",
        "deposit": "押金收据或转账记录、入职时的约定",
        "deduction": "扣款截图、规则说明、申诉记录",
        "injury": "事故照片、病历和票据、当时的订单",
        "account_ban": "封号通知截图、申诉记录",
    }.get(kind, "合同或协议、转账和聊天记录")
