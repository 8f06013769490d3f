"""What a rider does with tickets that are open: look, add words or pictures, take back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import readers
from bot.actions.base import BotAction, Choice, Event, Heard, clear, say
from bot.actions.dispute_kinds import TYPES
from bot.actions.dispute_story import particulars
from bot.actions.form_fields import CONFIRM, Field, Question, Values
from bot.actions.forms import TaskForm
from bot.actions.general import leave_form
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
SHOWN = 3
LEAST_ADDED = 3  # characters: "查下" is no addition

_COMMAND = re.compile(
    r"^(?:请|麻烦|帮我|给我|我想|我要|想|要|还要|还想|我|再|把|这个|那个|这些|给|往|在|上次|昨天|前天|刚才|之前|的|那张|"
    r"工单|投诉|单子|案子|登记|材料|证据|照片|图片|截图|资料|情况|信息|内容|里|上|补充|补交|补传|补|追加|添加|加|上传|传|发|"
    r"一下|一些|点|点儿|几张|张|进去|过去|去|到|，|,|。|：|:|\s|LD[\d-]+)*",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"(?<!\d)(?<!\d[-年月])(?<![欠扣罚])(?<![欠扣罚]我)(?!12345|12333|12348|12356|12315|12351)(\d{5,8})(?!\d|元|块)"
)  # part of a number: its end, its day
_WORRIED = re.compile(r"急|怎么还|咋还|还没|还不|催|拖|多少天|等了|没人|没动静|没消息")
_DO_NOT = re.compile(r"(?:先|就|那|还是)?(?:别|不|不要|不用|不想|甭)(?:给我|要|急着)?(?:撤|取消|撤销|撤回)")
_OTHERS_TOO = r"(?:怎么|咋|能不能|可以|能|可不可以|想)?.{0,3}(?:让|叫|把|带|给)(?:他们|同事|工友|大家|其他人|另外|那).{0,8}(?:也)?(?:加|一起|报进|写进|登进)"
_ASKS_WHETHER = re.compile(r"(?:昨天|前天|上次|刚才|之前|前几天).{0,8}(?:补|交|传|发).*(?:收到|看到|吗|没有|没$|呢)")


def number_in(heard: Heard) -> str | None:
    """The ticket number of the message (or of the tapped choice)."""
    given = heard.first("ticket_no")
    found = find_ticket_numbers(str(given) if given else heard.text)
    return found[0].value if found else (str(given) if given else None)


def name_of(ticket: DisputeTicket) -> str:
    """拖欠工资 8,500元（蓝马物流）"""
    money = f" {format_yuan(ticket.amount_fen)}" if ticket.amount_fen else ""
    firm = f"（{ticket.employer}）" if ticket.employer else ""
    return f"{TYPES.get(ticket.dispute_type, '劳动纠纷')}{money}{firm}"


def as_choices(tickets: Sequence[DisputeTicket], topic: str) -> list[Choice]:
    return [
        (f"{TYPES.get(t.dispute_type, '劳动纠纷')} {t.number}", f'/{topic}{{"ticket_no":"{t.number}"}}')
        for t in tickets[:4]
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
            say(dispatcher, soothed + self._one(view), self._choices(view.ticket))
            return [SlotSet("ticket_number", view.ticket.number)]
        lines = [f"· {t.number} {name_of(t)}：{STATES[t.state]}" for t in pending[:SHOWN]]
        say(
            dispatcher,
            f"您有 {len(pending)} 个工单：\n" + "\n".join(lines) + "\n点一个看详情：",
            as_choices(pending, "dispute_status"),
        )
        return []

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
        if view.attachments:
            last_added = view.attachments[-1].created_at
            lines.append(f"您补充过 {len(view.attachments)} 次，最近是{last_added.month}月{last_added.day}日。")
        return "\n".join(lines)

    @staticmethod
    def _choices(ticket: DisputeTicket) -> list[Choice]:
        if ticket.state in ("closed", "withdrawn"):
            return [payload("open_dispute"), payload("human_handoff")]
        return [payload("supplement_dispute"), payload("withdraw_dispute"), payload("human_handoff")]


def addition_in(heard: Heard) -> str | None:
    """The words to be added, without the request to add them; None when the message is only that request."""
    if heard.text.startswith("/") or heard.first("ticket_no") == heard.text:
        return None
    rest = heard.text[len(_COMMAND.match(heard.text)[0]) :].strip(" ，。,.!！吧啊呀的了")  # type: ignore[index]
    return heard.text.strip() if len(rest) >= 4 else None


class ActionSupplementDispute(BotAction):
    """Adds at once what is clear; starts the form for what must be asked."""

    action_name = "action_supplement_dispute"
    starts = "supplement_form"
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        *((topic, _OTHERS_TOO) for topic in ("help", "nlu_fallback", "supplement_dispute", "inform")),
    )

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        person = await self.person_id(tracker)
        if heard.metadata.get("resume"):
            return [FollowupAction("supplement_form")]
        if _ASKS_WHETHER.search(heard.text):
            return [FollowupAction("action_dispute_status")]
        tickets = await self.services.disputes.of_person(person, only_open=True)
        if tickets and re.search(_OTHERS_TOO, heard.text):
            said = f"{tickets[0].group_size} 人一起" if tickets[0].group_size > 1 else "只有您自己"
            say(
                dispatcher,
                f"工单 {tickets[0].number} 上现在写的是{said}。几个人、各欠多少，直接发给我，我补进去；"
                "窗口联系您时会核对每个人。他们也可以各自在这里登记。",
                [payload("supplement_dispute"), payload("dispute_status")],
            )
            return []
        if not tickets:
            say(
                dispatcher,
                "您名下没有在办的工单，没法补。要先登记一个吗？",
                [payload("open_dispute"), payload("dispute_status")],
            )
            return clear("supplement_image")
        number = number_in(heard)
        if number is not None and number not in {t.number for t in tickets}:
            say(dispatcher, NOT_YOURS, [payload("dispute_status")])
            return clear("supplement_image")
        image = heard.image_url or tracker.get_slot("supplement_image")
        words = None if heard.image_url else addition_in(heard)
        if number is None and len(tickets) == 1:
            number = tickets[0].number
        if number is None or not (image or words):
            return [SlotSet("supplement_image", image), FollowupAction("supplement_form")]
        await add(self, dispatcher, person, number, words, image, heard.key)
        return [SlotSet("ticket_number", number), *clear("supplement_image")]


async def add(
    action: BotAction,
    dispatcher: CollectingDispatcher,
    person: str,
    number: str,
    words: str | None,
    image: str | None,
    key: str | None,
) -> None:
    """Add to a ticket and say so."""
    try:
        await action.services.disputes.supplement(number, person, text=words, image_url=image, key=key)
        if words and (told := particulars(words)):
            await action.services.disputes.tell(number, person, **told)
    except NotFound:
        say(dispatcher, NOT_YOURS, [payload("dispute_status")])
    except WrongState:
        say(
            dispatcher,
            f"工单 {number} 已经结束，不能再补了。情况有变可以重新登记。",
            [payload("open_dispute")],
        )
    except Invalid as why:
        say(dispatcher, f"没补进去：{why.reason}。", [payload("human_handoff")])
    else:
        what = "图片" if image and not words else "文字和图片" if image else "您说的"
        say(
            dispatcher,
            f"{what}补进工单 {number} 了，窗口能看到。还有就接着发。",
            [payload("dispute_status"), payload("supplement_dispute")],
        )


def _text_or_picture(heard: Heard) -> str | None:
    if heard.image_url:
        return "图片"
    if heard.text.startswith("/") or len(heard.text.strip()) < LEAST_ADDED:
        return addition_in(heard)
    return addition_in(heard) or readers.free_text(2000)(heard)


class SupplementForm(TaskForm):
    """Asks which ticket, and what to add."""

    form: ClassVar[str] = "supplement_form"
    start_topic: ClassVar[str] = "supplement_dispute"
    title: ClassVar[str] = "工单补充"
    confirm_needed: ClassVar[bool] = False

    @classmethod
    def all_fields(cls) -> tuple[Field, ...]:
        return (
            Field(
                name="supplement_ticket",
                label="工单",
                ask=lambda v: Question(
                    "您有几个工单，补到哪一个？", tuple(tuple(c) for c in v.get("supplement_choices") or ())
                ),
                read=number_in,
            ),
            Field(
                name="supplement_text",
                label="补充",
                ask=lambda v: Question(
                    "要补什么？直接把文字或照片发给我：上班地点、从什么时候开始、工资流水、聊天截图都行。"
                ),
                read=lambda h: "图片" if h.image_url else None,
                read_answer=_text_or_picture,
                needed=lambda v: not v.get("supplement_image"),
                free_text=True,
            ),
            Field(
                name="supplement_image",
                label="",
                ask=lambda v: Question("把照片发给我。"),
                read=lambda h: h.image_url,
                needed=lambda v: False,
            ),
            Field(
                name="supplement_choices",
                label="",
                ask=lambda v: Question(""),
                read=lambda h: None,
                needed=lambda v: False,
            ),
        )

    async def prepare(self, tracker: Tracker, heard: Heard, values: Values) -> Values:
        person = await self.person_id(tracker)
        tickets = await self.services.disputes.of_person(person, only_open=True)
        known = {
            "supplement_choices": [list(c) for c in as_choices(tickets, "inform")],
            "supplement_image": tracker.get_slot("supplement_image"),
            "supplement_text": addition_in(heard),
        }
        return known | ({"supplement_ticket": tickets[0].number} if len(tickets) == 1 else {})


class ActionSubmitSupplement(BotAction):
    action_name = "action_submit_supplement"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        if tracker.get_slot(CONFIRM):
            words = tracker.get_slot("supplement_text")
            await add(
                self,
                dispatcher,
                await self.person_id(tracker),
                str(tracker.get_slot("supplement_ticket")),
                None if words == "图片" else words,
                tracker.get_slot("supplement_image"),
                heard.key,
            )
        return clear("supplement_ticket", "supplement_text", "supplement_image", "supplement_choices", CONFIRM)


class ActionPicture(BotAction):
    """A picture nobody asked for: offer to put it into an open ticket."""

    action_name = "action_picture"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        person = await self.person_id(tracker)
        tickets = await self.services.disputes.of_person(person, only_open=True)
        if not tickets:
            say(
                dispatcher,
                "图片收到了，可我看不懂图里的内容。这是要办哪件事？",
                [payload("open_dispute"), payload("leave_suggestion"), payload("human_handoff")],
                ask=True,
            )
            return []
        choices = [(f"补到 {t.number}", f'/supplement_dispute{{"ticket_no":"{t.number}"}}') for t in tickets[:3]]
        say(dispatcher, "图片收到了。要补进您的工单吗？", [*choices, ("不用", "/stop")], ask=True)
        return [SlotSet("supplement_image", heard.image_url)]


class ActionWithdrawDispute(BotAction):
    """Looks whether there is something to take back; the form then asks which, and whether to."""

    action_name = "action_withdraw_dispute"
    starts = "withdraw_form"
    phrases: ClassVar[tuple[tuple[str, str], ...]] = tuple(
        (topic, r"^(?:先|就|那|还是)?(?:别|不|不要|不用|不想)(?:给我|要|急着)?撤[^，。？?]{0,4}$")
        for topic in ("deny", "inform", "stop", "chitchat", "nlu_fallback")
    )

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        if (tracker.active_loop or {}).get("name") == "dispute_form":
            say(
                dispatcher,
                "好，这次登记先停下，没有提交。想办的时候再说一声就行。",
                [payload("dispute_status")],
            )
            return leave_form(tracker, keep=False)
        person = await self.person_id(tracker)
        tickets = await self.services.disputes.of_person(person, only_open=True)
        if tickets and _DO_NOT.search(heard.text):
            say(dispatcher, "好，不撤，工单照常办。", [payload("dispute_status"), payload("supplement_dispute")])
            return []
        if not tickets:
            say(
                dispatcher,
                "您名下没有在办的工单，不用撤。",
                [payload("dispute_status"), payload("open_dispute")],
            )
            return []
        number = number_in(heard)
        if number is not None and number not in {t.number for t in tickets}:
            say(dispatcher, NOT_YOURS, [payload("dispute_status")])
            return []
        return [FollowupAction("withdraw_form")]


class WithdrawForm(TaskForm):
    form: ClassVar[str] = "withdraw_form"
    start_topic: ClassVar[str] = "withdraw_dispute"
    title: ClassVar[str] = "撤回工单"
    yes_words: ClassVar[str] = (
        r"(?:对|是|嗯|好|行|确定|确认|就|那就|给我)*[的了]?[，,\s]*(?:撤|撤回|撤销|撤掉)[了吧掉]?"
    )

    @classmethod
    def all_fields(cls) -> tuple[Field, ...]:
        return (
            Field(
                name="withdraw_ticket",
                label="",  # nothing to keep for later: to stop here is to leave the ticket as it is
                ask=lambda v: Question(
                    "您有几个工单，撤哪一个？", tuple(tuple(c) for c in v.get("withdraw_choices") or ())
                ),
                read=number_in,
            ),
            Field(
                name="withdraw_choices",
                label="",
                ask=lambda v: Question(""),
                read=lambda h: None,
                needed=lambda v: False,
            ),
        )

    async def prepare(self, tracker: Tracker, heard: Heard, values: Values) -> Values:
        person = await self.person_id(tracker)
        tickets = await self.services.disputes.of_person(person, only_open=True)
        known: dict[str, Any] = {"withdraw_choices": [list(c) for c in as_choices(tickets, "inform")]}
        return known | ({"withdraw_ticket": tickets[0].number} if len(tickets) == 1 else {})

    def summary(self, fields: list[Field], values: Values) -> str:
        return (
            f"确定撤回工单 {values['withdraw_ticket']}？撤回后窗口就不办了。\n"
            "以后还能再登记，但时效照样在走；单位逼您撤的，先别撤，打 12333。"
        )

    def confirm_choices(self, values: Values) -> tuple[Choice, ...]:
        return (("确定撤回", "/affirm"), ("不撤了", "/deny"))

    def _ask_what_is_wrong(self, dispatcher: CollectingDispatcher, fields: list[Field], values: Values) -> list[Event]:
        say(dispatcher, "好，不撤，工单照常办。", [payload("dispute_status")])
        return [SlotSet(CONFIRM, False), SlotSet("requested_slot", None)]


class ActionSubmitWithdrawal(BotAction):
    action_name = "action_submit_withdrawal"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        if tracker.get_slot(CONFIRM):
            number = str(tracker.get_slot("withdraw_ticket"))
            try:
                await self.services.disputes.withdraw(number, await self.person_id(tracker), key=heard.key)
            except (NotFound, WrongState):
                say(dispatcher, f"工单 {number} 现在撤不了，可能已经办结。", [payload("dispute_status")])
            else:
                say(
                    dispatcher,
                    f"工单 {number} 撤回了。以后要办再登记就行。",
                    [payload("open_dispute"), payload("help")],
                )
        return clear("withdraw_ticket", "withdraw_choices", CONFIRM)
