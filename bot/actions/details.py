"""What helps a ticket and was not said when it was opened: where, since when, still employed or until when.

Offered after a ticket is opened, one question at a time, each may be skipped. At the end the worker hears the
limitation periods that follow from the answers (`bot.services.limitation`), and the ticket goes to the window of
the district.
"""

from __future__ import annotations

from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import readers
from bot.actions.base import BotAction, Event, Heard, clear, say
from bot.actions.dispute_place import ELSEWHERE, is_outside
from bot.actions.dispute_story import still_in
from bot.actions.form_fields import CONFIRM, SKIPPED, Field, Question, Values
from bot.actions.forms import TaskForm
from bot.actions.joint_intake import JOINT, period
from bot.geo.places import gazetteer
from bot.knowledge.topics import payload
from bot.language import find_durations, find_times
from bot.services.errors import NotFound, WrongState

DETAILS = ("补上时间地点", "/supplement_dispute:details")


def _place(heard: Heard) -> str | None:
    if heard.location is not None:
        return heard.location[2] or None
    found = gazetteer().locate(heard.text)
    return found.surface if found else None


def _when(heard: Heard) -> str | None:
    """The words, when they name a time or a length of time."""
    if find_times(heard.text, heard.now, "past") or find_durations(heard.text):
        return heard.text.strip()[:60]
    return None


def _told(heard: Heard) -> Values:
    """What the message that began the form says already."""
    still = still_in(heard)
    when = _when(heard)
    since, ended = (None, when) if still == "no" else (when, None)
    return {"detail_place": _place(heard), "detail_since": since, "detail_still": still, "detail_ended": ended}


class DetailsForm(TaskForm):
    form: ClassVar[str] = "details_form"
    start_topic: ClassVar[str] = "inform"
    buttons: ClassVar[frozenset[tuple[str, str]]] = frozenset({("supplement_dispute", "details")})
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", r"^(?:我来?|帮我|那)?补(?:上|充|一下|下)*(?:上班)?(?:时间|地点|时间和?地点|地点和?时间)(?:吧|呗|一下)?$"),
    )
    title: ClassVar[str] = "工单补充"
    confirm_needed: ClassVar[bool] = False

    @classmethod
    def all_fields(cls) -> tuple[Field, ...]:
        return (
            Field(
                name="detail_place",
                label="上班地点",
                ask=lambda v: Question("在哪个镇、哪片上班？说地名就行，不清楚就说跳过。"),
                read=lambda h: None,
                read_answer=lambda h: _place(h) or readers.short_name(h),
                optional=True,
                free_text=True,
            ),
            Field(
                name="detail_since",
                label="从什么时候",
                ask=lambda v: Question("这事从什么时候开始的？比如“今年8月”“三个月了”。"),
                read=lambda h: None,
                read_answer=_when,
                optional=True,
            ),
            Field(
                name="detail_still",
                label="在职",
                ask=lambda v: Question("您现在还在那里干吗？", (("还在干", "/inform:yes"), ("不干了", "/inform:no"))),
                read=still_in,
                read_answer=lambda h: h.do if h.do in ("yes", "no") else still_in(h),
                optional=True,
            ),
            Field(
                name="detail_ended",
                label="什么时候离开",
                ask=lambda v: Question("什么时候离开的？大概的月份也行。"),
                read=lambda h: None,
                read_answer=_when,
                needed=lambda v: v.get("detail_still") == "no",
                optional=True,
            ),
            Field("detail_ticket", "", lambda v: Question(""), lambda h: None, needed=lambda v: False),
        )

    async def prepare(self, tracker: Tracker, heard: Heard, values: Values) -> Values:
        """The ticket just opened or looked at, else the latest; what it holds already is not asked."""
        tickets = await self.services.disputes.of_person(await self.person_id(tracker), only_open=True)
        named = tracker.get_slot("ticket_number")
        ticket = next((t for t in tickets if t.number == named), tickets[0] if tickets else None)
        if ticket is None:
            return dict.fromkeys(("detail_place", "detail_since", "detail_still"), SKIPPED)
        still = {True: "yes", False: "no"}.get(ticket.still_employed) if ticket.still_employed is not None else None
        known: dict[str, Any] = {
            "detail_ticket": ticket.number,
            "detail_place": ticket.place,
            "detail_since": ticket.since_text,
            "detail_still": still,
            "detail_ended": SKIPPED if ticket.ended_on else None,
        }
        told = {} if heard.text.startswith("/") else _told(heard)
        return known | {name: value for name, value in told.items() if value and not known[name]}

    def _noted(self, fields: list[Field], before: Values, changed: Values) -> str:
        return ""  # the next question follows at once


class ActionSubmitDetails(BotAction):
    action_name = "action_submit_details"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        values: Values = {f.name: tracker.get_slot(f.name) for f in DetailsForm.all_fields()}
        events: list[Event] = clear(*values, CONFIRM)
        if not tracker.get_slot(CONFIRM):
            return events
        number = values["detail_ticket"]
        if not number:
            say(dispatcher, "您名下没有在办的工单，先登记一个吧。", [payload("open_dispute")])
            return events
        given = {name: None if value == SKIPPED else value for name, value in values.items()}
        try:
            ticket = await self.services.disputes.tell(
                str(number),
                await self.person_id(tracker),
                place=given["detail_place"],
                since=given["detail_since"],
                still_employed=None if given["detail_still"] is None else given["detail_still"] == "yes",
                ended=given["detail_ended"],
            )
        except (NotFound, WrongState):
            say(dispatcher, f"工单 {number} 已经结束，没有补进去。", [payload("dispute_status")])
            return events
        arbitration, inspection = self.services.disputes.limits_of(ticket)
        lines = [f"补进工单 {number} 了，由{ticket.window_name}办。"]
        lines += [ELSEWHERE] if is_outside(given["detail_place"]) else []
        lines += [
            f"· {name}：{words}"
            for name, words in (("仲裁时效", period(arbitration)), ("监察时效", period(inspection)))
            if words
        ]
        lines.append("催过、投诉过，仲裁的一年会重新算；准不准由窗口判断。")
        say(dispatcher, "\n".join(lines), [JOINT, payload("dispute_status")])
        return [*events, SlotSet("ticket_number", str(number))]
