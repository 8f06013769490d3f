"""An hour with an expert of the panel, for a ticket that is open (initiative 02, 专家调解)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import BotAction, Choice, Event, Heard, clear, say
from bot.actions.form_fields import CONFIRM, Field, Question, Values
from bot.actions.forms import TaskForm
from bot.actions.registry import NO_QUESTION
from bot.actions.tickets import as_choices, number_in
from bot.actions.wishes import pick, read_pick, read_wishes, short_moment
from bot.knowledge.topics import payload
from bot.services.errors import AlreadyExists, NotFound, QuotaExhausted, WrongState
from bot.services.mediation import BookedHour, FreeHour
from bot.services.notices import when_zh

ROLE_NAMES = {"arbitrator": "仲裁员", "judge": "法官", "lawyer": "律师", "mediator": "人民调解员"}
BOOK = ("约专家调解", "/dispute/expert_mediation:book")
CANCEL = ("取消这次调解", "/dispute/expert_mediation:cancel")
APPLY = ("先登记调解意愿", "/dispute/expert_mediation:apply")
SAMPLE = "专家和时间是示例数据，以窗口安排为准。"


def _offers(hours: Sequence[FreeHour]) -> list[dict[str, Any]]:
    return [
        {
            "id": hour.slot_id,
            "at": hour.starts_at.isoformat(),
            "who": f"{hour.expert}（{ROLE_NAMES[hour.role]}）",
            "online": hour.online,
            "demo": hour.demo,
        }
        for hour in hours
    ]


def _offered(values: Values, slot_id: Any) -> dict[str, Any] | None:
    return next((one for one in values.get("mediation_offers") or () if str(one["id"]) == str(slot_id)), None)


def _at(offer: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(str(offer["at"]))


def _ask_hour(values: Values) -> Question:
    offers: list[dict[str, Any]] = values.get("mediation_offers") or []
    lines = [
        f"{number}. {when_zh(_at(one))} {one['who']}{'，可线上' if one['online'] else ''}"
        for number, one in enumerate(offers, 1)
    ]
    sample = f"\n{SAMPLE}" if any(one["demo"] for one in offers) else ""
    choices = tuple((short_moment(_at(one)), f'/inform{{"do":"hour-{one["id"]}"}}') for one in offers)
    return Question("能约的时间：\n" + "\n".join(lines) + f"{sample}\n约哪一个？", choices)


def _online(heard: Heard) -> str | None:
    if heard.do in ("online", "on_site"):
        return heard.do
    if any(word in heard.text for word in ("现场", "当面", "线下", "到窗口", "见面")):
        return "on_site"
    return "online" if any(word in heard.text for word in ("线上", "网上", "视频", "远程", "手机上")) else None


class ActionMediation(BotAction):
    """Shows the hour that is booked; else starts the form, when there is a ticket and a free hour."""

    action_name = "action_mediation"
    starts = "mediation_form"
    buttons: ClassVar[frozenset[tuple[str, str]]] = frozenset({("dispute/expert_mediation", "book")})
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        (
            "dispute/expert_mediation",
            NO_QUESTION + r".*(?:我要|我想|帮我|给我|麻烦|想)[^，。？?]{0,6}(?:约|预约|申请|安排|报名?)",
        ),
        ("dispute/expert_mediation", r"^(?:约|预约|我约)的?(?:一?个|一下)?(?:专家)?(?:调解)?(?:专家)?[吧啊呀]?$"),
    )

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        person = await self.person_id(tracker)
        booked = await self.services.mediation.of_person(person)
        if booked:
            say(
                dispatcher,
                f"您约了专家调解：\n{_tell(booked[0])}\n要换时间，先取消这次再约。",
                [CANCEL, payload("dispute_status")],
            )
            return []
        tickets = await self.services.disputes.of_person(person, only_open=True)
        if not tickets:
            say(
                dispatcher,
                "约专家调解要先有工单，专家好先看情况。登记一下用不了两分钟；只想先报个名也行。",
                [payload("open_dispute"), APPLY],
            )
            return []
        if not await self.services.mediation.free(tickets[0].dispute_type):
            say(dispatcher, "最近两周没有空的调解时间。可以先登记意愿，有空位工作人员联系您。", [APPLY])
            return []
        return [FollowupAction("mediation_form")]


class MediationForm(TaskForm):
    form: ClassVar[str] = "mediation_form"
    start_topic: ClassVar[str] = "inform"
    topics: ClassVar[frozenset[str]] = frozenset({"reschedule_booking"})
    title: ClassVar[str] = "专家调解预约"
    confirm_title: ClassVar[str] = "请核对调解预约："

    @classmethod
    def all_fields(cls) -> tuple[Field, ...]:
        return (
            Field(
                name="mediation_ticket",
                label="工单",
                ask=lambda v: Question(
                    "您有几个工单，调解哪一个？",
                    tuple((c[0], c[1]) for c in v.get("mediation_tickets") or ()),
                ),
                read=number_in,
            ),
            Field(
                name="mediation_hour",
                label="时间",
                ask=_ask_hour,
                read=lambda h: None,  # needs the offers: see `_read`
                show=str,
            ),
            Field(
                name="mediation_way",
                label="方式",
                ask=lambda v: Question(
                    "线上谈还是现场谈？",
                    (("线上", "/inform:online"), ("现场", "/inform:on_site")),
                ),
                read=_online,
                needed=lambda v: bool((_offered(v, v.get("mediation_hour")) or {}).get("online")),
                show=lambda way: "线上" if way == "online" else "现场",
            ),
            _kept("mediation_offers"),
            _kept("mediation_tickets"),
        )

    async def prepare(self, tracker: Tracker, heard: Heard, values: Values) -> Values:
        person = await self.person_id(tracker)
        tickets = await self.services.disputes.of_person(person, only_open=True)
        known: dict[str, Any] = {
            "mediation_tickets": [
                [*choice, ticket.number, ticket.dispute_type]
                for choice, ticket in zip(as_choices(tickets, "inform"), tickets, strict=False)
            ]
        }
        return known | ({"mediation_ticket": tickets[0].number} if len(tickets) == 1 else {})

    async def settle(self, dispatcher: CollectingDispatcher, heard: Heard, values: Values, changed: Values) -> Values:
        if "mediation_ticket" not in changed:
            return {}
        rows = values.get("mediation_tickets") or ()
        kind = next((row[3] for row in rows if row[2] == values["mediation_ticket"]), None)
        return {"mediation_offers": _offers(await self.services.mediation.free(kind))}

    def _read(
        self, heard: Heard, fields: list[Field], asked: Field | None, values: Values
    ) -> tuple[Values, str | None, bool]:
        found, refusal, known = super()._read(heard, fields, asked, values)
        offers: list[dict[str, Any]] = values.get("mediation_offers") or []
        if not offers or (asked is not None and asked.name != "mediation_hour"):
            return found, refusal, known
        hour, wanted = _choose(heard, offers, asked=asked is not None)
        if hour is not None and hour != values.get("mediation_hour"):
            found["mediation_hour"] = hour
        elif hour is None and wanted:
            refusal = "那个时间没有空的。"
        return found, refusal, known

    def summary(self, fields: list[Field], values: Values) -> str:
        offer = _offered(values, values["mediation_hour"]) or {}
        way = "线上" if values.get("mediation_way") == "online" else "现场"
        return (
            f"{self.confirm_title}\n· 工单：{values['mediation_ticket']}\n· 时间：{when_zh(_at(offer))}\n"
            f"· 专家：{offer['who']}\n· 方式：{way}\n对吗？"
        )

    def _noted(self, fields: list[Field], before: Values, changed: Values) -> str:
        return "好。"

    def confirm_choices(self, values: Values) -> tuple[Choice, ...]:
        return (("对，就约这个", "/affirm"), ("换个时间", "/deny"), ("先不约了", "/stop"))

    def _ask_what_is_wrong(self, dispatcher: CollectingDispatcher, fields: list[Field], values: Values) -> list[Event]:
        return self._ask(
            dispatcher,
            fields,
            values | {"mediation_hour": None, "mediation_way": None},
            {"mediation_hour": None, "mediation_way": None},
        )


def _kept(name: str) -> Field:
    """A slot of the form that is never asked for nor read."""
    return Field(name=name, label="", ask=lambda v: Question(""), read=lambda h: None, needed=lambda v: False)


def _choose(heard: Heard, offers: list[dict[str, Any]], *, asked: bool) -> tuple[str | None, bool]:
    """(the id of the hour that the message picks, whether it names a time at all)."""
    if heard.do and heard.do.startswith("hour-"):
        chosen = heard.do.removeprefix("hour-")
        return (chosen if any(str(one["id"]) == chosen for one in offers) else None), True
    number = read_pick(heard.text, asked=asked)
    if number is not None:
        return pick([str(one["id"]) for one in offers], number), True
    wishes = read_wishes(heard.text, heard.now)
    for wish in wishes:
        if wish.kind in ("earliest", "any", "earlier"):
            return str(offers[0]["id"]), True
        if wish.kind == "at":
            for one in offers:
                if wish.window.holds(_at(one)):
                    return str(one["id"]), True
    return None, any(wish.kind == "at" for wish in wishes)


class ActionSubmitMediation(BotAction):
    action_name = "action_submit_mediation"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        values: Values = {f.name: tracker.get_slot(f.name) for f in MediationForm.all_fields()}
        if tracker.get_slot(CONFIRM):
            await self._book(dispatcher, await self.person_id(tracker), values, heard.key)
        return clear(*values, CONFIRM)

    async def _book(self, dispatcher: CollectingDispatcher, person: str, values: Values, key: str | None) -> None:
        try:
            booked = await self.services.mediation.book(
                person_id=person,
                ticket_number=str(values["mediation_ticket"]),
                slot_id=int(values["mediation_hour"]),
                online=values["mediation_way"] == "online",
                key=key,
            )
        except QuotaExhausted:
            say(dispatcher, "这个时间刚被别人约走了，没有约上。换个时间再试试。", [BOOK])
        except AlreadyExists as already:
            number = already.existing.number
            say(dispatcher, f"这个工单已经约过一次调解了（{number}）。", [BOOK, payload("dispute_status")])
        except (NotFound, WrongState):
            say(dispatcher, "这个工单已经结束，没有约上。", [payload("dispute_status")])
        else:
            say(
                dispatcher,
                f"约好了：\n{_tell(booked)}\n调解要双方愿意，工作人员会先联系对方；提前一天在这里提醒您。",
                [CANCEL, payload("dispute_status")],
            )


def _tell(booked: BookedHour) -> str:
    hour, session = booked.hour, booked.session
    if not session.online:
        place = "现场谈，地点以窗口通知为准。"
    elif session.link:
        place = f"线上谈：{session.link}"
    else:
        place = "线上谈，链接定了会发到这里。"
    sample = f"\n{SAMPLE}" if hour.demo else ""
    who = f"{hour.expert}（{ROLE_NAMES[hour.role]}）"
    return f"{when_zh(hour.starts_at)}，{who}，编号 {session.number}。{place}{sample}"


class ActionCancelMediation(BotAction):
    action_name = "action_cancel_mediation"
    buttons: ClassVar[frozenset[tuple[str, str]]] = frozenset({("dispute/expert_mediation", "cancel")})
    phrases: ClassVar[tuple[tuple[str, str], ...]] = tuple(
        (topic, r"(?:取消|撤销|退掉).{0,6}调解|调解.{0,6}(?:取消|不去了|退掉|不约了)")
        for topic in ("dispute/expert_mediation", "cancel_booking", "withdraw_dispute", "stop", "deny")
    )

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        person = await self.person_id(tracker)
        booked = await self.services.mediation.of_person(person)
        if not booked:
            say(dispatcher, "您名下没有约好的调解。", [BOOK])
            return []
        await self.services.mediation.cancel(person, booked[0].session.number)
        when = when_zh(booked[0].hour.starts_at)
        say(dispatcher, f"{when}的调解取消了，时间让给别人。工单照常办。", [BOOK, payload("dispute_status")])
        return []
