"""Tickets in words, and how the rider's own stand. Adding to one: `supplement`; taking one back: `withdrawal`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import BotAction, Choice, Event, Heard, say
from bot.actions.dispute_kinds import TYPES, name_of_kind
from bot.actions.mine import ActionMySubmissions, things_of
from bot.knowledge.topics import payload
from bot.language import find_phones, find_ticket_numbers, format_yuan
from bot.services.dispute_states import FINAL
from bot.services.disputes import TicketView
from bot.services.errors import Invalid, NotFound, WrongState
from bot.storage.disputes import DisputeTicket

STATES = {
    "received": "已登记，等窗口安排人",
    "assigned": "窗口已安排人办理",
    "in_progress": "正在办理",
    "waiting": "等您补充材料",
    "resolved": "有结果了",
    "closed": "已办结",
    "withdrawn": "已撤回",
}
NOT_YOURS = "没查到您名下的这个工单。工单号像 LD20261124-123456，麻烦核对一下；也可以不说号，我查您自己登记的。"
BY_TELEPHONE = "电话里登记的，把工单号和登记时的手机号一起发来就行。"
SHOWN = 4  # tickets in one reply, newest first

_TAIL = re.compile(
    r"(?<!\d)(?<!\d[-年月])(?<![欠扣罚])(?<![欠扣罚]我)(?!12345|12333|12348|12356|12315|12351)(\d{5,8})(?!\d|元|块)"
)  # part of a number: its end, its day
URGED = "本人催办"
_URGES = re.compile(r"催(?!款|收|缴)|(?:没|没有)人(?:理|管|找|联系|打电话)|(?:怎么|咋)还(?:不|没)")
_WORRIED = re.compile(r"急|怎么还|咋还|还没|还不|催|拖|多少天|等了|没人|没动静|没消息")


def number_in(heard: Heard) -> str | None:
    """The ticket number of the message (or of the tapped choice)."""
    given = heard.first("ticket_no")
    found = find_ticket_numbers(str(given) if given else heard.text)
    return found[0].value if found else (str(given) if given else None)


def name_of(ticket: DisputeTicket) -> str:
    """拖欠工资 8,500元（蓝马物流）"""
    money = f" {format_yuan(ticket.amount_fen)}" if ticket.amount_fen else ""
    firm = f"（{ticket.employer}）" if ticket.employer else ""
    return f"{name_of_kind(ticket.dispute_type, ticket.summary)}{money}{firm}"


def as_choices(tickets: Sequence[DisputeTicket], topic: str) -> list[Choice]:
    """One button a ticket, which comes back as that topic with the ticket's number."""
    return [
        (f"{TYPES.get(t.dispute_type, '劳动纠纷')} {t.number}", f'/{topic}{{"ticket_no":"{t.number}"}}')
        for t in tickets[:SHOWN]
    ]


class ActionDisputeStatus(BotAction):
    """One ticket by its number; else the open ones; else the latest."""

    action_name = "action_dispute_status"
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        # number and phone together, and little else: a ticket of the telephone is asked for (`_own_or_claimed`)
        (
            "",
            r"^(?!.*(?:补|撤|改|取消|加))(?=.{0,60}$)(?:.*ld\d{8}-?\d{6}\D.*(?<!\d)1\d{10}(?!\d)|.*(?<!\d)1\d{10}(?!\d).*ld\d{8}-?\d{6})",
        ),
        # the digits of a number can look like another matter to the understanding
        ("", r"^(?!.*(?:补|撤|改|取消|加)).{0,6}(?:查|看|问).{0,8}ld\d{8}-?\d{6}.{0,8}$"),
    )

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        person = await self.person_id(tracker)
        number = number_in(heard)
        if number is not None:
            try:
                view = await self._own_or_claimed(number, person, heard)
            except NotFound:
                choices = [("查我的工单", "/dispute_status"), payload("human_handoff")]
                say(dispatcher, f"{NOT_YOURS}{BY_TELEPHONE}", choices)
                return []
            say(dispatcher, self._one(view), self._choices(view.ticket))
            return [SlotSet("ticket_number", number)]
        tickets = await self.services.disputes.of_person(person)
        if not tickets and await things_of(self.services, person):
            return await ActionMySubmissions(self.services).act(dispatcher, tracker, heard)
        pending = [t for t in tickets if t.state not in ("closed", "withdrawn")] or list(tickets[:1])
        tail = _TAIL.search(heard.text)
        named = [t for t in tickets if tail and tail[1] in t.number.replace("-", "")]
        if tail and not named and pending:
            say(dispatcher, f"您名下没有号里带 {tail[1]} 的工单，麻烦再核对一下。您登记过的是：")
        pending = named or pending
        if not pending:
            say(
                dispatcher,
                "您名下还没有工单。有拖欠工资、押金不退这类事，我可以现在帮您登记。",
                [payload("open_dispute")],
            )
            return []
        if len(pending) == 1:
            view = await self.services.disputes.get(pending[0].number, person)
            soothed = "知道您着急。" if _WORRIED.search(heard.text) and view.ticket.state not in FINAL else ""
            passed_on = await self._urge(view.ticket, person, heard)
            say(dispatcher, soothed + self._one(view) + passed_on, self._choices(view.ticket))
            return [SlotSet("ticket_number", view.ticket.number)]
        lines = [f"· {t.number} {name_of(t)}：{STATES[t.state]}" for t in pending[:SHOWN]]
        more = f"（最近的 {SHOWN} 个，别的报工单号查）" if len(pending) > SHOWN else ""
        say(
            dispatcher,
            f"您有 {len(pending)} 个工单{more}：\n" + "\n".join(lines) + "\n点一个看详情：",
            as_choices(pending, "dispute_status"),
        )
        return []

    async def _urge(self, ticket: DisputeTicket, person: str, heard: Heard) -> str:
        """ "三天了没人理我 催催": into the ticket, once a day, while the window has to act. What is said of it; "" if not."""
        if not _URGES.search(heard.text) or ticket.state not in ("received", "assigned", "in_progress"):
            return ""
        key = f"urge:{ticket.number}:{heard.now:%Y%m%d}"
        try:
            await self.services.disputes.supplement(
                ticket.number, person, text=f"{URGED}：{heard.text.strip()[:200]}", key=key
            )
        except (Invalid, WrongState):
            return "\n您催的这句这里记不进去了，急就打 12333 直接催窗口。"
        return "\n您催的话记进工单了，窗口打开就看得到；我催不了他们什么时候办，急就打 12333。"

    async def _own_or_claimed(self, number: str, person: str, heard: Heard) -> TicketView:
        """The person's ticket; one that a seat opened for their call becomes theirs by its number and phone."""
        try:
            return await self.services.disputes.get(number, person)
        except NotFound:
            phones = [phone.number for phone in find_phones(heard.text) if phone.valid]
            if len(phones) != 1:
                raise
            await self.services.callers.claim(number, phones[0], person)
            return await self.services.disputes.get(number, person)

    @staticmethod
    def _one(view: TicketView) -> str:
        ticket = view.ticket
        lines = [
            f"工单 {ticket.number}：{name_of(ticket)}",
            f"现在：{STATES[ticket.state]}。窗口：{ticket.window_name}。",
        ]
        if ticket.reason and ticket.state in ("waiting", "resolved", "closed"):
            lines.append(f"说明：{ticket.reason}")
        replies = [e for e in view.events if e.kind == "replied"]
        if replies:
            last = replies[-1]
            lines.append(f"窗口{last.at.month}月{last.at.day}日回复：{last.text[:100]}")
        elif ticket.contacted_at is None and ticket.state in ("received", "assigned"):
            due = ticket.contact_due
            lines.append(
                f"系统给窗口定的联系日是{due.month}月{due.day}日（催办用，不是法定期限），过了没人找您就打 12333。"
            )
        added = [one for one in view.attachments if not str(one.text or "").startswith(URGED)]
        if added:
            last_added = added[-1].created_at
            lines.append(f"您补充过 {len(added)} 次，最近是{last_added.month}月{last_added.day}日。")
        return "\n".join(lines)

    @staticmethod
    def _choices(ticket: DisputeTicket) -> list[Choice]:
        if ticket.state in ("closed", "withdrawn"):
            return [payload("open_dispute"), payload("human_handoff")]
        return [payload("supplement_dispute"), payload("withdraw_dispute"), payload("human_handoff")]
