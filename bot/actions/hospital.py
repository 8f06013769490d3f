"""昆小哥医院: booking a visit in the rider's own words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import readers
from bot.actions.base import BotAction, Choice, Event, Heard, clear, say
from bot.actions.form_fields import CONFIRM, Field, Question, Values
from bot.actions.forms import TaskForm
from bot.actions.people import ask_to_remember
from bot.actions.visit_offers import (
    MOST_OFFERS,
    Offer,
    choices_of,
    found_window,
    named_day,
    neighbour,
    offer_for,
    say_moment,
)
from bot.actions.wishes import Wish, pick, read_pick, read_wishes
from bot.knowledge.topics import payload
from bot.language import find_booking_numbers, find_channels
from bot.services.errors import AlreadyExists, QuotaExhausted
from bot.services.hospital_places import CHANNELS
from bot.services.notices import CHANNEL_NAMES, when_zh
from bot.storage.hospital import HospitalBooking, HospitalChannel

HOSPITAL = "昆山市第三人民医院"
WAITING = "wait"
OTHER = "other"
PREPARE = {
    "outpatient": "带上身份证和医保凭证。急病、外伤别等，直接去急诊或打 120。",
    "health_cert": "带上身份证；要不要空腹、收多少钱，以三院通知为准。",
    "hp_test": "若是吹气，一般要空腹，近 1 个月没吃抗生素、铋剂和奥美拉唑这类胃药；正在吃药千万别自己停，先问医生。以三院通知为准。",
}
_CHANNEL_CHOICES: tuple[Choice, ...] = tuple(
    (name, f'/inform{{"channel":"{code}"}}')
    for code, name in (("outpatient", "门诊"), ("health_cert", "健康证"), ("hp_test", "幽门免费检查"))
)
ASKED_LIFE = 4  # user turns for which a question says what "给我约个最早的" is to be
ASKED_ABOUT = {
    "hospital/hp_test": "hp_test",
    "hospital/health_cert": "health_cert",
    "hospital/outpatient_channel": "outpatient",
}

_TOPIC_OF = {channel: topic for topic, channel in ASKED_ABOUT.items()}
_TOLD = re.compile(
    r"[吃喝做查拉吐摔扭看打验]了|刚(?:刚|才)?[吃喝做查看]|[做查看]完|[吃喝做查得拉吐看打验]过|开始|一直|疼|痛|发烧|感冒|不舒服|难受|没睡"
)
_ANOTHER_TIME = re.compile(
    r"(?:能不能|我想|想)?换(?:个|一个|一下)?(?:时间|日子|天|一天)[吧吗呗]?|都不(?:行|合适|方便)|这些都不行"
)
_EARLIER_YET = re.compile(r"有没有|还有|再早|更早|能不能|能早|早.{0,2}[吗么不]")
# what a question in the middle of a booking is about when it names no matter of its own
_OF_CHANNEL = re.compile(
    r"带(?:啥|什么|哪些|不带|身份证|证|东西|材料|医保|卡)|准备(?:啥|什么|哪些)|要(?:什么|啥)(?:材料|东西|证件?)|空腹|空肚子?|(?:吃|喝).{0,4}(?:饭|药|水|东西|头孢|早饭)"
    r"|头孢|抗生素|多少钱|收费|收钱|要钱|花钱|贵不|免费|挂号费|多久|几天|出结果|拿证|能拿|阳性|医保"
)
_OF_PLACE = re.compile(r"地址|在哪|哪里|哪儿|哪个医院|哪家医院|怎么[去走]|咋[去走]|哪个楼|几楼")


def read_visit_channel(heard: Heard) -> str | None:
    """outpatient, health_cert or hp_test; the first one named."""
    for entity in heard.all("channel"):
        if entity.get("value") in CHANNELS:
            return str(entity["value"])
    found = find_channels(heard.text)
    return found[0].value if found else None


def asked_about(tracker: Tracker) -> str | None:
    """The channel that one of the rider's last questions was about (帮我约一个, after asking about the test)."""
    users = [event for event in reversed(tracker.events) if event.get("event") == "user"]
    topics = (str((event.get("parse_data") or {}).get("topic")) for event in users[1 : 1 + ASKED_LIFE])
    return next((ASKED_ABOUT[topic] for topic in topics if topic in ASKED_ABOUT), None)


def read_visit_wishes(heard: Heard) -> list[dict[str, Any]] | None:
    if heard.text.startswith("/"):
        return None
    wishes = read_wishes(heard.text, heard.now)
    if wishes and all(wish.past for wish in wishes) and _TOLD.search(heard.text):
        return None  # "前两天吃了头孢" tells of the past and wishes for nothing
    return [wish.to_slot() for wish in wishes] or None


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def read_slot(heard: Heard) -> Any:
    """A tapped time, 排队, 换个时间, or which one of the offered ones."""
    tapped = heard.first("slot")
    if tapped:
        return str(tapped) if tapped in (WAITING, OTHER) or _is_moment(str(tapped)) else None
    if heard.text.startswith("/"):
        return None
    if "排队" in heard.text or "候补" in heard.text:
        return WAITING
    number = read_pick(heard.text, asked=False)
    return {"pick": number} if number is not None else None


def read_slot_asked(heard: Heard) -> Any:
    value = read_slot(heard)
    if value is not None or heard.text.startswith("/"):
        return value
    if _ANOTHER_TIME.fullmatch(heard.text.strip()):
        return OTHER
    number = read_pick(heard.text, asked=True)
    return {"pick": number} if number is not None else None


def ask_slot(values: Values) -> Question:
    times = [datetime.fromisoformat(at) for at in values.get("visit_offers") or ()]
    return Question(
        str(values.get("visit_note") or "想约哪天？直接说，比如“下周三上午”。"),
        choices_of(times, may_wait=bool(values.get("visit_may_wait"))),
    )


def hidden(name: str) -> Field:
    """A value that the form keeps for itself."""
    return Field(name, "", lambda values: Question(""), lambda heard: None, needed=lambda values: False)


TIME_FIELDS: tuple[Field, ...] = (
    Field("visit_wish", "", ask_slot, read_visit_wishes, needed=lambda values: False),
    Field(
        "visit_slot",
        "时间",
        ask_slot,
        read_slot,
        read_slot_asked,
        show=lambda at: "排队等空位" if at == WAITING else say_moment(str(at)),
    ),
    *(hidden(name) for name in ("visit_offers", "visit_note", "visit_may_wait", "visit_day")),
)


class VisitForm(TaskForm):
    """What booking and rescheduling share: turning wishes and picks into one time."""

    async def settle_time(self, channel: str, heard: Heard, values: Values, changed: Values) -> Values:
        """The changes that wishes, picks and taps of this message bring about."""
        hospital = self.services.hospital
        offers: list[str] = list(values.get("visit_offers") or ())
        chosen = changed.get("visit_slot")
        wishes = [Wish.from_slot(wish) for wish in changed.get("visit_wish") or ()]
        held = values.get("visit_slot") if "visit_slot" not in changed else None
        if isinstance(chosen, dict):
            if any(wish.kind == "at" and wish.dated for wish in wishes):
                # "下周二上午第一个": of that time, not of what was offered before
                named_time = await offer_for(hospital, channel, wishes, None, heard.now)
                offers = [at.isoformat() for at in named_time.times]
                if named_time.chosen is not None or not offers:
                    return self._offered(named_time)
            picked = pick(offers, int(chosen["pick"]))
            if picked is not None:
                return self._chosen(picked)
            chosen = None
        if chosen == WAITING and offers and not values.get("visit_may_wait") and not heard.text.startswith("/"):
            times = [datetime.fromisoformat(at) for at in offers]
            on_day = named_day(times)
            note = f"现在还有空位，不用排队。{on_day}{'的' if on_day else ''}选一个："
            return self._offered(Offer(tuple(times), note=note, may_wait=True, day=times[0].date() if on_day else None))
        if chosen == WAITING:
            return {"visit_slot": WAITING}
        if isinstance(chosen, str) and chosen != OTHER:
            return self._chosen(chosen)
        relative = next((wish.kind for wish in wishes if wish.kind in ("earlier", "later")), None)
        if relative and not any(wish.kind == "at" for wish in wishes):
            asked = bool(_EARLIER_YET.search(heard.text))
            return await self._moved(channel, relative, offers, held, asked=asked)
        named = any(wish.kind == "at" for wish in wishes)
        if any(wish.kind in ("earliest", "any") for wish in wishes) and offers and held is None and not named:
            return self._chosen(offers[0])
        if not wishes and chosen != OTHER:
            wishes = [Wish.from_slot(wish) for wish in values.get("visit_wish") or ()]
        day = values.get("visit_day")
        offer = await offer_for(hospital, channel, wishes, date.fromisoformat(day) if day else None, heard.now)
        return self._offered(offer)

    async def _earlier_yet(self, channel: str, offers: Sequence[str]) -> Values:
        """ "有没有更早的" under a list: what is free before its first; when nothing is, the list stays."""
        first = datetime.fromisoformat(offers[0])
        free = [slot.starts_at for slot in await self.services.hospital.free_slots(channel)]
        before = sorted(at for at in free if at < first)[-MOST_OFFERS:]
        times = before or [datetime.fromisoformat(at) for at in offers]
        day = named_day(times)
        note = (
            f"更早的{day}有这些，选一个："
            if before
            else f"没有更早的了，最早就是{say_moment(offers[0])}。选一个，或者换个日子："
        )
        return self._offered(Offer(tuple(times), note=note, day=times[0].date() if day else None))

    async def _moved(self, channel: str, way: str, offers: Sequence[str], held: Any, *, asked: bool) -> Values:
        """早一点 or 晚一点: among the offered ones, or next to the one that is held."""
        if held in (None, WAITING, OTHER) or isinstance(held, dict):
            if way == "earlier" and offers and asked:
                return await self._earlier_yet(channel, offers)
            return self._chosen(offers[0] if way == "earlier" else offers[-1]) if offers else {}
        at = await neighbour(self.services.hospital, channel, datetime.fromisoformat(str(held)), later=way == "later")
        return self._chosen(at.isoformat()) if at else {}

    @staticmethod
    def _chosen(at: str) -> Values:
        return {
            "visit_slot": at,
            "visit_day": datetime.fromisoformat(at).date().isoformat(),
            "visit_note": None,
            "visit_may_wait": None,
        }

    @staticmethod
    def _offered(offer: Offer) -> Values:
        if offer.chosen is not None:
            return VisitForm._chosen(offer.chosen.isoformat())
        return {
            "visit_slot": None,
            "visit_offers": [at.isoformat() for at in offer.times],
            "visit_note": offer.note,
            "visit_may_wait": offer.may_wait or None,
            "visit_day": offer.day.isoformat() if offer.day else None,
        }

    def _noted(self, fields: list[Field], before: Values, changed: Values) -> str:
        channel = changed.get("visit_channel")
        if channel and before.get("visit_channel") not in (None, channel):
            return f"好，改约{CHANNEL_NAMES[str(channel)]}。"
        timeless = not before.get("visit_slot") and not changed.get("visit_slot")
        return "手机号记下了。" if timeless and changed.get("visit_phone") else ""

    def refused_again(self, dispatcher: CollectingDispatcher, full: QuotaExhausted) -> list[Event]:
        """The time was taken a moment ago: offer what is left, the form stays open."""
        times = sorted(slot.starts_at for slot in full.alternatives)
        note = (
            f"刚刚被别人约走了。最近有空的是{named_day(times)}："
            if times
            else "刚刚被约完了。可以排队，有人退号马上告诉您。"
        )
        changed = self._offered(Offer(tuple(times), note=note, may_wait=True))
        question = ask_slot(changed)
        say(dispatcher, question.text, question.choices, ask=True)
        events: list[Event] = [SlotSet(name, value) for name, value in changed.items()]
        return [*events, SlotSet(CONFIRM, None), SlotSet("requested_slot", "visit_slot")]


def is_confirmed(events: Sequence[Event]) -> bool:
    return any(e.get("event") == "slot" and e.get("name") == CONFIRM and e.get("value") for e in events)


def values_after(tracker: Tracker, fields: Sequence[Field], events: Sequence[Event]) -> Values:
    """The form's values once these events are applied."""
    values: Values = {field.name: tracker.get_slot(field.name) for field in fields}
    changed = {str(e["name"]): e.get("value") for e in events if e.get("event") == "slot"}
    return values | {name: value for name, value in changed.items() if name in values}


class HospitalForm(VisitForm):
    form: ClassVar[str] = "hospital_form"
    start_topic: ClassVar[str] = "book_hospital"
    topics: ClassVar[frozenset[str]] = frozenset({"reschedule_booking"})
    title: ClassVar[str] = "医院预约"
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (("", r"^我?就?要(?:这个号|那个(?:号|空位)|这个空位)"),)

    @classmethod
    def aside(cls, text: str, values: Values) -> str | None:
        if _OF_PLACE.search(text):
            return "hospital/location"
        return _TOPIC_OF.get(str(values.get("visit_channel"))) if _OF_CHANNEL.search(text) else None

    @classmethod
    def all_fields(cls) -> tuple[Field, ...]:
        return (
            Field(
                "visit_channel",
                "项目",
                lambda values: Question("要约哪一项？", _CHANNEL_CHOICES),
                read_visit_channel,
                show=lambda code: CHANNEL_NAMES.get(str(code), str(code)),
            ),
            *TIME_FIELDS,
            Field(
                "visit_phone",
                "手机",
                lambda values: Question(_asked_phone(values)),
                readers.phone,
                readers.phone_asked,
                show=readers.show_phone,
            ),
            hidden("visit_held"),
            hidden("visit_existing"),
        )

    async def prepare(self, tracker: Tracker, heard: Heard, values: Values) -> Values:
        person_id = await self.person_id(tracker)
        person = await self.services.people.get(person_id)
        known: Values = {
            "visit_phone": person.phone if person and person.consent_at else None,
            "visit_channel": asked_about(tracker),
        }
        offer = await self.services.hospital.waiting.offer(person_id)
        if offer is not None and read_visit_channel(heard) in (None, offer[0].channel):
            waiting, starts_at = offer
            known |= {
                "visit_channel": waiting.channel,
                "visit_slot": starts_at.isoformat(),
                "visit_phone": waiting.phone,
                "visit_held": True,
            }
        return known

    async def settle(self, dispatcher: CollectingDispatcher, heard: Heard, values: Values, changed: Values) -> Values:
        channel = values.get("visit_channel")
        if channel is None:
            return {}
        if "visit_channel" not in changed and not {"visit_slot", "visit_wish"} & changed.keys():
            return {}
        if values.get("visit_held") and "visit_wish" not in changed and changed.get("visit_slot") != OTHER:
            return {}
        return await self.settle_time(str(channel), heard, values, changed) | {"visit_held": None}

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        person_id = await self.person_id(tracker)
        if heard.topic == "cancel_booking" and not find_booking_numbers(heard.text):
            say(dispatcher, "好，这次先不约了，没有提交。想约的时候再说一声。", [payload("help")])
            return self._left()
        quiet = CollectingDispatcher()
        events = await super().act(quiet, tracker, heard)
        values = values_after(tracker, self.all_fields(), events)
        existing = await self._existing(person_id, values)
        if existing is not None and events:
            return [*events, *self._has_one(dispatcher, existing)]
        dispatcher.messages.extend(quiet.messages)
        if not is_confirmed(events):
            return events
        try:
            number = await self._book(person_id, values, heard)
        except QuotaExhausted as full:
            return [*events, *self.refused_again(dispatcher, full)]
        except AlreadyExists as already:
            return [*events, *self._has_one(dispatcher, already.existing)]
        return [*events, SlotSet("visit_existing", number)]

    async def _existing(self, person_id: str, values: Values) -> HospitalBooking | None:
        channel = values.get("visit_channel")
        bookings = await self.services.hospital.bookings(person_id) if channel else []
        return next((one for one in bookings if one.channel == channel), None)

    async def _book(self, person_id: str, values: Values, heard: Heard) -> str:
        hospital = self.services.hospital
        channel, phone = str(values["visit_channel"]), str(values["visit_phone"])
        if values["visit_slot"] == WAITING:
            wishes = [Wish.from_slot(wish) for wish in values.get("visit_wish") or ()]
            await hospital.waiting.join(person_id, channel, phone, found_window(wishes), key=heard.key)
            return WAITING
        if values.get("visit_held") and await hospital.waiting.offer(person_id) is not None:
            return (await hospital.accept_offer(person_id, key=heard.key)).number
        starts_at = datetime.fromisoformat(str(values["visit_slot"]))
        return (await hospital.book(person_id, channel, starts_at, phone, key=heard.key)).number

    def _has_one(self, dispatcher: CollectingDispatcher, existing: HospitalBooking) -> list[Event]:
        name = CHANNEL_NAMES[existing.channel]
        if existing.status == "booked":
            say(
                dispatcher,
                f"您已经约了{name}：{when_zh(existing.starts_at)}，预约号 {existing.number}。一个人一项只能约一个，"
                "要改时间还是取消？",
                [("改时间", "/reschedule_booking"), ("取消预约", "/cancel_booking"), ("就这个，不改", "/thank")],
                ask=True,
            )
        else:
            say(
                dispatcher,
                f"您今年的{name}已经用过了（{when_zh(existing.starts_at)}）。还想查，可以约门诊问医生。",
                [payload("hospital/outpatient_channel"), payload("help")],
            )
        return self._left()

    def _left(self) -> list[Event]:
        return [*clear(*(field.name for field in self.all_fields()), CONFIRM), SlotSet("requested_slot", None)]

    def summary(self, fields: list[Field], values: Values) -> str:
        name = CHANNEL_NAMES[str(values["visit_channel"])]
        phone = readers.show_phone(values["visit_phone"])
        if values["visit_slot"] == WAITING:
            return f"给您排队等{name}的空位，有人退号就在这里告诉您，留 10 分钟给您定。\n手机：{phone}\n对吗？"
        held = "这是您排队等到的号。\n" if values.get("visit_held") else ""
        return (
            f"{held}请核对：\n· {name}，{say_moment(str(values['visit_slot']))}\n"
            f"· 地点：{HOSPITAL}\n· 手机：{phone}\n对吗？要改直接说。"
        )

    def confirm_choices(self, values: Values) -> tuple[Choice, ...]:
        return (("确认预约", "/affirm"), ("换个时间", f'/inform{{"slot":"{OTHER}"}}'), ("先不约了", "/stop"))


def _asked_phone(values: Values) -> str:
    if values.get("visit_slot") == WAITING:
        return "好，帮您排队。留个手机号，方便联系。"
    return f"好，{say_moment(str(values['visit_slot']))}，{CHANNEL_NAMES[str(values['visit_channel'])]}。留个手机号，方便三院联系您。"


class ActionSubmitHospital(BotAction):
    """Says that it is booked (the form has booked it)."""

    action_name = "action_submit_hospital"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        number, phone = tracker.get_slot("visit_existing"), tracker.get_slot("visit_phone")
        events = clear(*(field.name for field in HospitalForm.all_fields()), CONFIRM)
        if not number:
            return events
        person_id = await self.person_id(tracker)
        if number == WAITING:
            say(
                dispatcher,
                "排上队了。有空位就在这里告诉您，给您留 10 分钟，点“要这个号”就定下来。不想等了说“取消排队”。",
                [payload("booking_status"), payload("help")],
            )
        else:
            booking = await self.services.hospital.booking(person_id, str(number))
            channel = await self.services.hospital.channel(booking.channel)
            say(
                dispatcher,
                booked_text(booking, channel),
                [("改时间", "/reschedule_booking"), ("取消预约", "/cancel_booking"), payload("hospital/location")],
            )
        return [*events, *await ask_to_remember(self, dispatcher, tracker, person_id, phone)]


def booked_text(booking: HospitalBooking, channel: HospitalChannel, *, verb: str = "约好了") -> str:
    demo = "（示例号源，去之前请跟医院核实）" if channel.demo else ""
    return (
        f"{verb}！预约号 {booking.number}。\n{when_zh(booking.starts_at)}，{channel.hospital}，"
        f"{CHANNEL_NAMES[booking.channel]}{demo}。\n{PREPARE[booking.channel]}\n"
        "到了先问导诊台“昆小哥医院”。前一天提醒您，去不了提前说一声。"
    )
