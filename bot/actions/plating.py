"""Batch plating in chat: an appointment at the window for a company's new-energy goods vehicles."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import readers
from bot.actions.base import BotAction, Event, Heard, clear, say
from bot.actions.form_fields import CONFIRM, Field, Question, Refused, Values
from bot.actions.forms import TaskForm
from bot.actions.people import ask_to_remember
from bot.actions.wishes import Wish, read_pick, read_wishes, say_day
from bot.knowledge.topics import payload
from bot.language import find_numbers, normalise, read_yes_no
from bot.services.clock import SHANGHAI
from bot.services.errors import AlreadyExists, Invalid, NotFound, QuotaExhausted, WrongState
from bot.services.plating import MAX_VEHICLES, PlatingTime

OFFERS = 4
_ORDINALS = ("first", "second", "third", "fourth")
_FIRM = re.compile(r"[一-鿿A-Za-z0-9（）()]{2,24}(?:公司|物流|快递|货运|运输|配送|速运|集团|车队|商行)(?:有限公司)?")
# "帮我们公司约个专窗" names no company
_WHOSE = re.compile(r"^(?:[帮给替]?(?:我们|咱们?|俺们?|我)(?:家|这边|这个)?|帮|给|替)(?:的)?")
_NO_NAME = re.compile(r"(?:这|那|一|个|家|小|大|自己)*(?:公司|物流|快递|货运|运输|配送|速运|集团|车队|商行)")
_VEHICLES = r"(?:台|辆|部|张|个车|车)"


def read_vehicles(heard: Heard) -> int | None:
    """A number that counts vehicles: 12台, 五辆."""
    folded = normalise(heard.text).text
    for number in find_numbers(heard.text):
        if re.match(rf"\s*多?{_VEHICLES}", folded[number.end :]):
            return _checked(int(number.low))
    return None


def read_vehicles_asked(heard: Heard) -> int | None:
    strict = read_vehicles(heard)
    if strict is not None or heard.text.startswith("/"):
        return strict
    numbers = find_numbers(heard.text)
    return _checked(int(numbers[0].low)) if len(numbers) == 1 else None


def _checked(count: int) -> int:
    if not 1 <= count <= MAX_VEHICLES:
        raise Refused(f"车数要在 1 到 {MAX_VEHICLES} 之间，麻烦再说一遍几台车。")
    return count


def _company(heard: Heard) -> str | None:
    said = heard.surface("employer")
    named = [name for found in _FIRM.findall(heard.text) if (name := _name(found))]
    # 蓝马物流有限公司 rather than the 蓝马物流 in it
    return next((name for name in named if said is None or said in name), _name(said) if said else None)


def _name(firm: str) -> str | None:
    """The firm without whose it is; None for "我们公司", which names none."""
    name = re.sub(r"^(?:公司|单位)(?:是|叫|名)?(?=[一-鿿]{3})", "", _WHOSE.sub("", firm))
    return None if _NO_NAME.fullmatch(name) else name


def _company_asked(heard: Heard) -> str | None:
    if heard.text.startswith("/") or read_yes_no(heard.text) is not None:
        return None
    return _company(heard) or readers.short_name(heard)


def _time(heard: Heard) -> Any:
    """A tapped or pointed-at session, or the wish in the rider's words."""
    if heard.do in _ORDINALS:
        return _ORDINALS.index(str(heard.do))
    if heard.text.startswith("/"):
        return None
    wishes = [wish.to_slot() for wish in read_wishes(heard.text, heard.now)]
    return {"wishes": wishes} if wishes else None


def _time_asked(heard: Heard) -> Any:
    number = None if heard.text.startswith("/") else read_pick(heard.text, asked=True)
    if number is not None:
        return number - 1 if number > 0 else number
    return _time(heard)


def _ask_time(values: Values) -> Question:
    offers = values.get("plating_offers") or []
    choices = tuple((_say(offer), f"/inform:{_ORDINALS[n]}") for n, offer in enumerate(offers[:OFFERS]))
    if not choices:
        return Question("专窗近 30 天没有空位了。留个名，打 12345 问市公安局怎么办，或者改天再来看。")
    return Question(str(values.get("plating_note") or "约哪个时段？也可以直接说哪天，比如“下周二下午”。"), choices)


def _say(offer: Any) -> str:
    return f"{say_day(date.fromisoformat(offer['day']))}{offer['start']}"


class PlatingForm(TaskForm):
    form: ClassVar[str] = "plating_form"
    start_topic: ClassVar[str] = "inform"
    buttons: ClassVar[frozenset[tuple[str, str]]] = frozenset({("freight/plate_window", "book")})
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        (
            "freight/plate_window",
            r"^(?!.*(?:要不要|需要|用不用|怎么|咋|如何|哪里|在哪|电话|材料|多少钱|几天|取消)).*"
            r"(?:(?:我|我们|公司|帮我|给我|给我们|想|要)[一-鿿]{0,6}(?:预约|约个|约一|约下|登记)"
            r"|(?:预约|约)(?:个|一下|下)?(?:专窗|上牌|时间|号)"
            r"|(?:我|我们|公司|帮我)(?:这边|这里)?(?:想|要|想要).{0,4}(?:批量)?上牌.*\d+\s*[台辆]"
            r"|\d+\s*[多来]?[台辆].{0,12}(?:想|要|打算|准备)(?:一次|一块|一起|一道)?(?:办|上)(?:了|牌|绿牌|掉)"
            r"|批量上牌.*[\d一二三四五六七八九十百]\s*[多来]?[台辆])(?!.*[吗么?？])",
        ),
    )
    topics: ClassVar[frozenset[str]] = frozenset({"freight/plate_window", "reschedule_booking"})
    title: ClassVar[str] = "上牌专窗预约"
    confirm_title: ClassVar[str] = "请核对上牌预约："

    @classmethod
    def all_fields(cls) -> tuple[Field, ...]:
        return (
            Field(
                "plating_company",
                "单位",
                lambda v: Question("哪家公司要上牌？说单位名称就行，个人就说“个人”。"),
                _company,
                _company_asked,
                free_text=True,
            ),
            Field(
                "plating_vehicles",
                "几台车",
                lambda v: Question("一共几台新能源货车？"),
                read_vehicles,
                read_vehicles_asked,
                show=lambda count: f"{count} 台",
            ),
            Field("plating_time", "时间", _ask_time, _time, _time_asked, show=_say, weak=True),
            Field(
                "plating_phone",
                "手机",
                lambda v: Question("留个联系人手机号。"),
                readers.phone,
                readers.phone_asked,
                show=readers.show_phone,
            ),
            *(
                Field(name, "", lambda v: Question(""), lambda h: None, needed=lambda v: False)
                for name in ("plating_offers", "plating_note")
            ),
        )

    def opening(self, values: Values) -> str | None:
        return "好，帮您约新能源货车批量上牌专窗。"

    def confirm_note(self, values: Values) -> str:
        return "要带什么材料、费用多少没有公布，去之前打 12345 问清。时段是示例数据。"

    async def prepare(self, tracker: Tracker, heard: Heard, values: Values) -> Values:
        person = await self.services.people.get(await self.person_id(tracker))
        offers = await self.services.freight.plating.times(limit=OFFERS)
        return {
            "plating_offers": [_kept(time) for time in offers],
            "plating_phone": person.phone if person and person.consent_at else None,
        }

    async def settle(self, dispatcher: CollectingDispatcher, heard: Heard, values: Values, changed: Values) -> Values:
        """A pick or a wish becomes a session, or new offers when it does not settle on one."""
        chosen = changed.get("plating_time")
        offers = values.get("plating_offers") or []
        if isinstance(chosen, int):
            fits = offers and -1 <= chosen < len(offers)
            return {"plating_time": offers[chosen] if fits else None, "plating_note": None}
        if not isinstance(chosen, dict) or "wishes" not in chosen:
            return {}
        free = await self.services.freight.plating.times()
        wishes = [Wish.from_slot(one) for one in chosen["wishes"]]
        if any(wish.kind in ("earliest", "any") for wish in wishes) and free:
            return {"plating_time": _kept(free[0]), "plating_note": None}
        for wish in wishes:
            fits = [time for time in free if wish.kind == "at" and wish.window.holds(_starts(time))]
            if len(fits) == 1:
                return {"plating_time": _kept(fits[0]), "plating_note": None}
            if fits:
                return self._offered(fits, "那几个时段都有空，约哪个？")
        return self._offered(_around(free, wishes), "您说的时间专窗不开或约满了，最近有空的是：")

    @staticmethod
    def _offered(times: list[PlatingTime], note: str) -> Values:
        return {
            "plating_time": None,
            "plating_offers": [_kept(time) for time in times[:OFFERS]],
            "plating_note": note,
        }

    def _noted(self, fields: list[Field], before: Values, changed: Values) -> str:
        offered = "plating_time" in changed and changed["plating_time"] is None
        return "" if offered else super()._noted(fields, before, changed)


def _kept(time: PlatingTime) -> dict[str, str]:
    return {"day": time.day.isoformat(), "start": time.start, "end": time.end}


def _starts(time: PlatingTime) -> datetime:
    hour, minute = map(int, time.start.split(":"))
    return datetime(time.day.year, time.day.month, time.day.day, hour, minute, tzinfo=SHANGHAI)


def _around(free: list[PlatingTime], wishes: list[Wish]) -> list[PlatingTime]:
    """The free sessions nearest to the first day wished for, in order of time."""
    day = next((wish.first for wish in wishes if wish.first and wish.kind == "at"), None)
    if day is None:
        return free[:OFFERS]
    nearest = sorted(free, key=lambda time: abs(time.day - day) / timedelta(days=1))[:OFFERS]
    return sorted(nearest, key=_starts)


class ActionSubmitPlating(BotAction):
    action_name = "action_submit_plating"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        given = {field.name: tracker.get_slot(field.name) for field in PlatingForm.all_fields()}
        events: list[Event] = clear(*given, CONFIRM)
        if not tracker.get_slot(CONFIRM):
            return events
        slot, phone = dict(given["plating_time"]), str(given["plating_phone"])
        again = [("重新约", "/freight/plate_window:book"), payload("freight/plate_window")]
        person = await self.person_id(tracker)
        try:
            row = await self.services.freight.plating.book(
                person_id=person,
                company=str(given["plating_company"]),
                vehicles=int(given["plating_vehicles"]),
                phone=phone,
                day=date.fromisoformat(slot["day"]),
                start=slot["start"],
                key=heard.key,
            )
        except AlreadyExists as earlier:
            say(dispatcher, f"这个时段您约过了，编号 {earlier.existing.number}，不用再约。", again)
            return events
        except QuotaExhausted as full:
            near = "、".join(f"{say_day(time.day)}{time.start}" for time in full.alternatives)
            say(dispatcher, "晚了一步，这个时段刚约满。" + (f"还有空的：{near}。" if near else ""), again)
            return events
        except Invalid as wrong:
            say(dispatcher, f"没约上：{wrong.reason}。", again)
            return events
        say(
            dispatcher,
            f"约好了：{_say(slot)}，{row.company} {row.vehicles} 台，编号 {row.number}。\n"
            "专窗在哪、带什么材料没有公布，去之前打 12345 问市公安局。去不了请提前取消。",
            [
                ("改时间", "/freight/plate_window:move"),
                ("取消这个预约", "/freight/plate_window:cancel"),
                payload("freight/passage"),
            ],
        )
        return [*events, *(await ask_to_remember(self, dispatcher, tracker, person, phone))]


class ActionCancelPlating(BotAction):
    """Give the nearest booked session back; with several, the earliest is taken and said."""

    action_name = "action_cancel_plating"
    buttons: ClassVar[frozenset[tuple[str, str]]] = frozenset({("freight/plate_window", "cancel")})
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        ("cancel_booking", r"上牌|专窗"),
        ("freight/plate_window", r"取消|不去了|退掉"),
    )

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        person = await self.person_id(tracker)
        booked = [
            (slot.day, slot.start, row)
            for row, slot in await self.services.freight.plating.mine(person)
            if row.status == "booked"
        ]
        if not booked:
            say(dispatcher, "您名下没有上牌专窗的预约。", [("约专窗", "/freight/plate_window:book")])
            return []
        day, start, row = min(booked, key=lambda one: (one[0], one[1]))
        try:
            await self.services.freight.plating.cancel(person, row.number)
        except (NotFound, WrongState):
            say(dispatcher, "这个预约已经办过了，取消不了。", [payload("freight/plate_window")])
            return []
        left = f"您还有 {len(booked) - 1} 个上牌预约没动。" if len(booked) > 1 else ""
        say(
            dispatcher,
            f"取消了：{say_day(day)}{start} 的上牌预约（{row.number}）。{left}",
            [("重新约", "/freight/plate_window:book"), payload("help")],
        )
        return []
