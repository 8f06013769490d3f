"""Inspection and arbitration applied for at one window (同窗受理), the difference told by the ticket's facts.

What is said of each way: 劳动保障监察条例 Art 17 (60 working days, 30 more), Art 26 with 劳动合同法 Art 85
(an order to pay, 50 to 100 % on top when it is not obeyed); 劳动争议调解仲裁法 Art 43 (45 days, 15 more),
Art 53 (free).
"""

from __future__ import annotations

from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import BotAction, Event, Heard, clear, say
from bot.actions.dispute_kinds import MONEY_TYPES, ROUTE_NAMES
from bot.actions.form_fields import CONFIRM, Field, Question, Values
from bot.actions.forms import TaskForm
from bot.actions.registry import NO_QUESTION
from bot.actions.tickets import as_choices, number_in
from bot.knowledge.topics import payload
from bot.services.errors import NotFound, WrongState
from bot.services.limitation import Limit
from bot.storage.disputes import DisputeTicket

JOINT = ("监察仲裁一起申请", "/dispute/one_window:joint")
TRIAGE = ("看我算哪类用工", "/dispute/rights_consult:triage")
TICKS = {
    "both": ["inspection", "arbitration"],
    "inspection": ["inspection"],
    "arbitration": ["arbitration"],
    "window": [],
}


def explain(ticket: DisputeTicket, limits: tuple[Limit, Limit]) -> str:
    """The two ways for this ticket, each with its period."""
    arbitration, inspection = limits
    pay = "，能责令补发，逾期不付再加付一半到一倍" if ticket.dispute_type in MONEY_TYPES else ""
    return (
        f"· 监察：查单位违法{pay}，60 个工作日内办，复杂的多 30 个。{period(inspection)}\n"
        f"· 仲裁：裁单位该给您多少，不收费，45 天内裁，复杂的多 15 天。{period(arbitration)}"
    )


def period(limit: Limit) -> str:
    """What a worker is told of a period, one or two clauses; "" where nothing is known."""
    if limit.state == "no_limit":
        return "您还在职，欠薪不受一年限制。"
    if limit.until is None:
        return "离职后一年内要申请。" if limit.route == "arbitration" else ""
    day = f"{limit.until.year}年{limit.until.month}月{limit.until.day}日"
    if limit.state == "expired":
        again = "，要过钱、投诉过会重新算" if limit.restarts else ""
        return f"照您说的，{day}可能已到期{again}，由窗口判断。"
    return f"照您说的大约到{day}{'，抓紧' if limit.state == 'soon' else ''}。"


def _ticks(heard: Heard) -> str | None:
    if heard.do in TICKS:
        return heard.do
    text = heard.text
    inspection, arbitration = "监察" in text, "仲裁" in text
    if any(word in text for word in ("都", "两个", "一起", "全部")) or (inspection and arbitration):
        return "both"
    if any(word in text for word in ("窗口", "随便", "不知道", "不懂", "你们看", "听你")):
        return "window"
    if inspection:
        return "inspection"
    return "arbitration" if arbitration else None


class ActionJointIntake(BotAction):
    action_name = "action_joint_intake"
    starts = "joint_form"
    buttons: ClassVar[frozenset[tuple[str, str]]] = frozenset({("dispute/one_window", "joint")})
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        (
            "dispute/one_window",
            NO_QUESTION + r".*(?:我要|我想|帮我|给我)[^，。？?]{0,8}(?:监察|仲裁)[^？?]{0,6}(?:一起|一块|都|同时)",
        ),
        (
            "dispute/one_window",
            NO_QUESTION + r".*(?:都要|一起|一块|同时|两个都|两样都)(?:要|想)?(?:申请|办|报|投诉|告)",
        ),
    )

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        tickets = await self.services.disputes.of_person(await self.person_id(tracker), only_open=True)
        if tickets:
            return [FollowupAction("joint_form")]
        say(
            dispatcher,
            "监察和仲裁在同一个窗口一起收。先登记工单，我再按您的情况说两条路的区别。",
            [payload("open_dispute"), payload("dispute/where")],
        )
        return []


class JointForm(TaskForm):
    form: ClassVar[str] = "joint_form"
    start_topic: ClassVar[str] = "inform"
    title: ClassVar[str] = "监察仲裁申请"
    confirm_needed: ClassVar[bool] = False

    @classmethod
    def all_fields(cls) -> tuple[Field, ...]:
        return (
            Field(
                name="joint_ticket",
                label="工单",
                ask=lambda v: Question(
                    "您有几个工单，给哪一个申请？", tuple(tuple(c) for c in v.get("joint_tickets") or ())
                ),
                read=number_in,
            ),
            Field(
                name="joint_ticks",
                label="申请",
                ask=lambda v: Question(
                    f"{_text(v)}\n您申请哪个？可以两个都勾。",
                    (
                        ("两个都申请", "/inform:both"),
                        ("只要监察", "/inform:inspection"),
                        ("只要仲裁", "/inform:arbitration"),
                        ("听窗口的", "/inform:window"),
                    ),
                ),
                read=lambda h: None,
                read_answer=_ticks,
            ),
            Field("joint_text", "", lambda v: Question(""), lambda h: None, needed=lambda v: False),
            Field("joint_tickets", "", lambda v: Question(""), lambda h: None, needed=lambda v: False),
        )

    async def prepare(self, tracker: Tracker, heard: Heard, values: Values) -> Values:
        person = await self.person_id(tracker)
        tickets = await self.services.disputes.of_person(person, only_open=True)
        known: dict[str, Any] = {
            "joint_tickets": [list(choice) for choice in as_choices(tickets, "inform")],
            "joint_text": {t.number: explain(t, self.services.disputes.limits_of(t)) for t in tickets},
        }
        return known | ({"joint_ticket": tickets[0].number} if len(tickets) == 1 else {})

    def _noted(self, fields: list[Field], before: Values, changed: Values) -> str:
        return ""  # the next question follows at once


def _text(values: Values) -> str:
    """The explanation for the ticket that was chosen."""
    return str((values.get("joint_text") or {}).get(values.get("joint_ticket"), ""))


class ActionSubmitJoint(BotAction):
    action_name = "action_submit_joint"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        values: Values = {f.name: tracker.get_slot(f.name) for f in JointForm.all_fields()}
        if tracker.get_slot(CONFIRM):
            number, ticks = str(values["joint_ticket"]), TICKS[str(values["joint_ticks"])]
            try:
                ticket = await self.services.disputes.tell(number, await self.person_id(tracker), routes=ticks)
            except (NotFound, WrongState):
                say(dispatcher, f"工单 {number} 已经结束，没有记上。", [payload("dispute_status")])
            else:
                asked = "、".join(ROUTE_NAMES[route] for route in ticks) or "由窗口帮您定"
                say(
                    dispatcher,
                    f"记在工单 {number} 上了：{asked}。正式申请在{ticket.window_name}办，一个窗口一起收，"
                    "写字不方便可以口头申请仲裁（调解仲裁法第28条）。带身份证和证据；地址时间打 12333 问。\n"
                    "跑众包、没签劳动合同的，先看看算哪类用工。",
                    [TRIAGE, payload("dispute/legal_aid"), payload("dispute_status")],
                )
        return clear(*values, CONFIRM)
