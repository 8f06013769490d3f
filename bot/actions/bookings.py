"""昆小哥医院: looking at, moving and cancelling what is booked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import BotAction, Choice, Event, Heard, clear, say
from bot.actions.education_booked import cancel_education, describe_education
from bot.actions.form_fields import CONFIRM, Field, Question, Values
from bot.actions.form_values import hidden, is_confirmed, values_after
from bot.actions.hospital import PREPARE, booked_text, read_visit_channel
from bot.actions.laid_aside import waiting
from bot.actions.moving import appointments, move_latest
from bot.actions.visit_offers import say_moment, say_window
from bot.actions.visit_time import OTHER, TIME_FIELDS, VisitForm
from bot.actions.wishes import Wish, read_pick, read_shift, read_wishes, say_day
from bot.knowledge.topics import payload
from bot.language import find_booking_numbers
from bot.services.errors import NotFound, QuotaExhausted, WrongState
from bot.services.hospital_waiting import window_of
from bot.services.notices import CHANNEL_NAMES, when_zh
from bot.storage.hospital import HospitalBooking, HospitalWaiting

STATUS_NAMES = {"booked": "已约", "attended": "已就诊", "no_show": "未到", "cancelled": "已取消"}
_SAME_HOUR = re.compile(r"(?:同一|同样的?|同个|一样的?|还是(?:那个|这个)?)(?:时间|点|时段|钟点)|时间不变|点不变")
NOTHING = "没查到您名下还没到时间的预约。"


def pointed_at(bookings: Sequence[HospitalBooking], heard: Heard) -> list[HospitalBooking]:
    """Which of the person's bookings a message is about: by number, kind, or the day it is on; else all."""
    numbers = {found.value for found in find_booking_numbers(heard.text)} | {str(heard.first("booking") or "")}
    by_number = [one for one in bookings if one.number in numbers]
    if by_number or len(bookings) < 2:
        return by_number or list(bookings)
    channel = read_visit_channel(heard)
    by_channel = [one for one in bookings if one.channel == channel]
    if by_channel:
        return by_channel
    wishes = [wish for wish in read_wishes(heard.text, heard.now) if wish.kind in ("at", "not") and wish.dated]
    by_day = [one for one in bookings if any(wish.window.holds(one.starts_at) for wish in wishes)]
    return by_day or list(bookings)


def describe_booking(one: HospitalBooking) -> str:
    return f"{CHANNEL_NAMES[one.channel]}，{when_zh(one.starts_at)}，预约号 {one.number}"


def foreign_number(heard: Heard, bookings: Sequence[HospitalBooking]) -> bool:
    """A booking number was named that is not among the person's own."""
    named = {found.value for found in find_booking_numbers(heard.text)}
    return bool(named) and not named & {one.number for one in bookings}


class ActionBookingStatus(BotAction):
    action_name = "action_booking_status"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        hospital = self.services.hospital
        person_id = await self.person_id(tracker)
        mine = await hospital.bookings(person_id)
        waiting = await hospital.waiting.of(person_id)
        queue = [await self._waiting_text(one) for one in waiting]
        if foreign_number(heard, mine):
            say(
                dispatcher,
                "这个预约号不在您名下，或者已经结束了，我查不到。您名下的预约，说“查我的预约”就行。",
                [payload("booking_status"), payload("book_hospital")],
            )
            return []
        queue += [
            f"安全学习：{await describe_education(self, one)}。"
            for one in await self.services.safety.education.bookings(person_id)
        ]
        queue += [
            f"{one.what}：{when_zh(one.at)}，编号 {one.number}。"
            for one in await appointments(self, person_id, heard)
            if one.kind in ("plating", "mediation") and one.at
        ]
        if not mine and not queue:
            past = (await hospital.bookings(person_id, past=True))[:1]
            last = f"\n最近一次：{describe_booking(past[0])}，{STATUS_NAMES[past[0].status]}。" if past else ""
            say(dispatcher, NOTHING + last, [payload("book_hospital"), payload("help")])
            return []
        shown = pointed_at(mine, heard)
        lines = [describe_booking(one) for one in shown]
        text = "您约的是：\n" + "\n".join(f"· {line}" for line in lines) if lines else ""
        if len(shown) == 1:
            text += f"\n地点：昆山市第三人民医院。{PREPARE[shown[0].channel]}"
        choices: list[Choice] = (
            [("改时间", "/reschedule_booking"), ("取消预约", "/cancel_booking")] if mine else [payload("help")]
        )
        say(dispatcher, "\n".join(part for part in (text, *queue) if part), choices)
        return []

    async def _waiting_text(self, one: HospitalWaiting) -> str:
        name = CHANNEL_NAMES[one.channel]
        if one.status == "offered":
            return f"您排队的{name}有空位了，正给您留着，说“要这个号”就定下来。"
        try:
            place = await self.services.hospital.waiting.position(one.id)
        except NotFound:
            return ""
        return f"您在排队等{name}{say_window(window_of(one))}的空位，前面还有 {place - 1} 人。"


def _booking_field() -> Field:
    def ask(values: Values) -> Question:
        rows: list[dict[str, Any]] = values.get("visit_list") or []
        choices = tuple((str(row["title"]), f'/inform{{"booking":"{row["number"]}"}}') for row in rows)
        return Question("您有不止一个预约，是哪一个？", choices)

    def read(heard: Heard) -> Any:
        tapped = heard.first("booking")
        if tapped:
            return str(tapped)
        numbers = find_booking_numbers(heard.text)
        return numbers[0].value if numbers else None

    def read_asked(heard: Heard) -> Any:
        found = read(heard)
        if found is not None or heard.text.startswith("/"):
            return found
        channel = read_visit_channel(heard)
        number = read_pick(heard.text, asked=True)
        if channel is None and number is None:
            return None
        return {"channel": channel, "pick": number}

    return Field("visit_number", "", ask, read, read_asked)


class OwnBookingForm(VisitForm):
    """A form about one of the person's own bookings; it ends at once when there is none."""

    nothing_to: ClassVar[str] = ""

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        person_id = await self.person_id(tracker)
        mine = await self.services.hospital.bookings(person_id)
        if not mine or (tracker.get_slot("visit_number") is None and foreign_number(heard, mine)):
            if await self.something_else(dispatcher, person_id, heard):
                return [*clear(*(f.name for f in self.all_fields()), CONFIRM), SlotSet("requested_slot", None)]
            # what lies aside is asked about in the same reply
            then = "" if waiting(tracker.get_slot("suspended")) else self.nothing_to
            say(dispatcher, f"{NOTHING}{then}", [payload("book_hospital"), payload("help")])
            return [*clear(*(f.name for f in self.all_fields()), CONFIRM), SlotSet("requested_slot", None)]
        events = await super().act(dispatcher, tracker, heard)
        if not is_confirmed(events):
            return events
        return [
            *events,
            *await self.carry_out(dispatcher, tracker, heard, values_after(tracker, self.all_fields(), events)),
        ]

    async def something_else(self, dispatcher: CollectingDispatcher, person_id: str, heard: Heard) -> bool:
        """Without a booking here: say what else the person may mean; False for nothing."""
        return False

    async def carry_out(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard, values: Values
    ) -> list[Event]:
        """Do it; events that come after those of the form (they may keep it open)."""
        raise TypeError(f"{type(self).__name__} does nothing")

    async def prepare(self, tracker: Tracker, heard: Heard, values: Values) -> Values:
        mine = await self.services.hospital.bookings(await self.person_id(tracker))
        meant = pointed_at(mine, heard)
        rows = [
            {
                "number": one.number,
                "title": f"{CHANNEL_NAMES[one.channel][:4]} {one.starts_at:%m-%d %H:%M}",
                "channel": one.channel,
                "at": one.starts_at.isoformat(),
            }
            for one in mine
        ]
        return {"visit_list": rows, "visit_number": meant[0].number if len(meant) == 1 else None}

    @staticmethod
    def row_of(values: Values) -> dict[str, Any] | None:
        """The booking that was chosen, as kept in the form."""
        rows: list[dict[str, Any]] = values.get("visit_list") or []
        return next((row for row in rows if row["number"] == values.get("visit_number")), None)

    @staticmethod
    def settle_number(values: Values, changed: Values) -> Values:
        """Turn "第一个" or "健康证那个" into a number."""
        chosen = changed.get("visit_number")
        rows: list[dict[str, Any]] = values.get("visit_list") or []
        if isinstance(chosen, dict):
            found = [row for row in rows if row["channel"] == chosen.get("channel")]
            number = chosen.get("pick")
            if not found and number is not None and -1 <= number <= len(rows) and number != 0:
                found = [rows[number if number < 0 else number - 1]]
            return {"visit_number": found[0]["number"] if len(found) == 1 else None}
        if chosen is not None and all(row["number"] != chosen for row in rows):
            return {"visit_number": None}
        return {}


class RescheduleForm(OwnBookingForm):
    form: ClassVar[str] = "reschedule_form"
    start_topic: ClassVar[str] = "reschedule_booking"
    topics: ClassVar[frozenset[str]] = frozenset({"book_hospital"})
    title: ClassVar[str] = "改约"
    nothing_to: ClassVar[str] = "要约一个吗？"

    @classmethod
    def all_fields(cls) -> tuple[Field, ...]:
        return (_booking_field(), *TIME_FIELDS, hidden("visit_list"))

    async def something_else(self, dispatcher: CollectingDispatcher, person_id: str, heard: Heard) -> bool:
        return await move_latest(self, dispatcher, person_id, heard, but_hospital=True) == ""

    async def prepare(self, tracker: Tracker, heard: Heard, values: Values) -> Values:
        known = await super().prepare(tracker, heard, values)
        row = self.row_of(known)
        shift = read_shift(heard.text)
        if row is not None:
            known["visit_day"] = str(row["at"])[:10]
            if shift is not None:
                known["visit_wish"] = [_shifted(datetime.fromisoformat(row["at"]), shift).to_slot()]
        return known

    async def settle(self, dispatcher: CollectingDispatcher, heard: Heard, values: Values, changed: Values) -> Values:
        fixed = self.settle_number(values, changed)
        row = self.row_of(values | fixed)
        if row is None:
            return fixed
        if "visit_number" not in changed and not {"visit_slot", "visit_wish"} & changed.keys():
            return fixed
        old = datetime.fromisoformat(row["at"])
        shift = read_shift(heard.text)
        if shift is not None:
            changed = {**changed, "visit_wish": [_shifted(old, shift).to_slot()]}
        elif changed.get("visit_wish"):
            # the time it is booked for may be named too: what is wanted is another
            others = [wish for wish in changed["visit_wish"] if not _is_old(Wish.from_slot(wish), old)]
            wishes = [Wish.from_slot(wish) for wish in others or changed["visit_wish"]]
            if _SAME_HOUR.search(heard.text):
                wishes = [_at_the_hour_of(old, wish) for wish in wishes]
            changed = {**changed, "visit_wish": [wish.to_slot() for wish in wishes]}
        moved = await self.settle_time(
            str(row["channel"]), heard, values | {"visit_slot": values.get("visit_slot") or row["at"]}, changed
        )
        if moved.get("visit_slot") == row["at"]:
            moved = {"visit_slot": None, "visit_note": "现在约的就是这个时间。想改到什么时候？"}
        if not changed.get("visit_wish") and not moved.get("visit_slot") and moved.get("visit_note"):
            moved["visit_note"] = f"您约的是{when_zh(old)}。想改到什么时候？最近有空的是："
        return fixed | moved

    def summary(self, fields: list[Field], values: Values) -> str:
        row = self.row_of(values) or {}
        name = CHANNEL_NAMES[str(row["channel"])]
        return (
            f"把{name}从{say_moment(str(row['at']))}改到{say_moment(str(values['visit_slot']))}，对吗？\n"
            "改成功之前，原来的号一直给您留着。"
        )

    def confirm_choices(self, values: Values) -> tuple[Choice, ...]:
        return (("确认改约", "/affirm"), ("换个时间", f'/inform{{"slot":"{OTHER}"}}'), ("不改了", "/stop"))

    async def carry_out(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard, values: Values
    ) -> list[Event]:
        hospital = self.services.hospital
        starts_at = datetime.fromisoformat(str(values["visit_slot"]))
        try:
            booking = await hospital.reschedule(
                await self.person_id(tracker), str(values["visit_number"]), starts_at, key=heard.key
            )
        except QuotaExhausted as full:
            return self.refused_again(dispatcher, full)
        channel = await hospital.channel(booking.channel)
        say(
            dispatcher,
            booked_text(booking, channel, verb="改好了"),
            [payload("booking_status"), ("取消预约", "/cancel_booking")],
        )
        return []


def _shifted(old: datetime, shift: Any) -> Wish:
    day = (old + shift).date()
    return Wish("at", day, day, text=say_day(day))


def _at_the_hour_of(old: datetime, wish: Wish) -> Wish:
    """改到周五同一时间: the day that is named, the hour of the booking."""
    if wish.kind != "at" or not wish.one_day or wish.exact or wish.first is None:
        return wish
    end = (old + timedelta(minutes=1)).time()
    text = f"{say_day(wish.first)}{old:%H:%M}"
    return replace(wish, start=old.time(), end=end, exact=True, text=text)


def _is_old(wish: Wish, old: datetime) -> bool:
    return wish.kind == "at" and wish.dated and wish.one_day and wish.window.holds(old)


class ActionSubmitReschedule(BotAction):
    """Tidies up; the form has moved the booking and said so."""

    action_name = "action_submit_reschedule"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        return clear(*(field.name for field in RescheduleForm.all_fields()), CONFIRM)


class CancelForm(OwnBookingForm):
    form: ClassVar[str] = "cancel_form"
    start_topic: ClassVar[str] = "cancel_booking"
    title: ClassVar[str] = "取消预约"
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        # all of the message: "看病不想排队，有啥门路" asks for a way, and waits in no list of ours
        (
            "",
            r"^(?:我|那|就|帮我|给我|请)*(?:取消|退出|不想?再?|别)(?:排队|候补|排了)[了吧啦。！!]*$|"
            r"^.{0,10}(?:取消|退出|不想?再?)(?:排队|候补)了[吧啦。！!]*$|(?:排队|候补).{0,3}(?:取消|退掉|退了|不要了)",
        ),
    )

    @classmethod
    def all_fields(cls) -> tuple[Field, ...]:
        return (_booking_field(), hidden("visit_list"))

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        person_id = await self.person_id(tracker)
        lessons = await self.services.safety.education.bookings(person_id)
        if lessons and ("学习" in heard.text or not await self.services.hospital.bookings(person_id)):
            await cancel_education(self, dispatcher, person_id)
            return [*clear("visit_number", "visit_list", CONFIRM), SlotSet("requested_slot", None)]
        waiting = self.services.hospital.waiting
        if "排队" in heard.text or await waiting.offer(person_id) is not None:
            left = await waiting.leave(person_id)
            if left:
                say(dispatcher, "好，排队取消了，不用等了。", [payload("book_hospital"), payload("help")])
                return [*clear("visit_number", "visit_list", CONFIRM), SlotSet("requested_slot", None)]
        return await super().act(dispatcher, tracker, heard)

    async def settle(self, dispatcher: CollectingDispatcher, heard: Heard, values: Values, changed: Values) -> Values:
        return self.settle_number(values, changed)

    def summary(self, fields: list[Field], values: Values) -> str:
        row = self.row_of(values) or {}
        return f"要取消{CHANNEL_NAMES[str(row['channel'])]}，{say_moment(str(row['at']))}的预约，确定吗？"

    def confirm_choices(self, values: Values) -> tuple[Choice, ...]:
        return (("确定取消", "/affirm"), ("改个时间", "/reschedule_booking"), ("不取消了", "/stop"))

    def _ask_what_is_wrong(self, dispatcher: CollectingDispatcher, fields: list[Field], values: Values) -> list[Event]:
        say(dispatcher, "好，没取消，号还给您留着。", [payload("booking_status"), payload("help")])
        return [SlotSet(CONFIRM, None), SlotSet("requested_slot", None)]

    async def carry_out(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard, values: Values
    ) -> list[Event]:
        try:
            booking = await self.services.hospital.cancel(
                await self.person_id(tracker), str(values["visit_number"]), key=heard.key
            )
        except WrongState:
            say(dispatcher, "这个预约已经过了，不用取消。", [payload("book_hospital")])
            return []
        say(
            dispatcher,
            f"取消好了：{CHANNEL_NAMES[booking.channel]}，{when_zh(booking.starts_at)}（{booking.number}）。"
            "号已经退回。要再约随时说。",
            [("重新约", "/book_hospital"), payload("help")],
        )
        return []


class ActionSubmitCancel(BotAction):
    """Tidies up; the form has cancelled the booking and said so."""

    action_name = "action_submit_cancel"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        return clear(*(field.name for field in CancelForm.all_fields()), CONFIRM)
