"""昆小哥医院: booking a visit in the rider's own words."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import readers
from bot.actions.base import BotAction, Choice, Event, Heard, clear, say
from bot.actions.form_fields import CONFIRM, Field, Question, Values
from bot.actions.form_turns import came_back, just_activated, offer_dropped, said_in_form
from bot.actions.form_values import hidden, is_confirmed, values_after
from bot.actions.forms import LEAVING, SAFETY
from bot.actions.laid_aside import over, put_aside
from bot.actions.people import ask_to_remember
from bot.actions.registry import FORMS
from bot.actions.visit_offers import found_window, say_moment, say_window
from bot.actions.visit_others import (
    about_another,
    for_whom,
    next_visit,
    order_of,
    same_day,
    same_time,
    speaks_of_another,
    with_further,
)
from bot.actions.visit_questions import NAMELESS, asks, gives_name, is_about_hours
from bot.actions.visit_time import LUNAR_UNKNOWN, OTHER, TIME_FIELDS, WAITING, VisitForm, is_lunar, with_hours_kept
from bot.actions.wishes import Wish
from bot.actions.wording import is_meant
from bot.knowledge.topics import payload
from bot.language import find_booking_numbers, find_channels
from bot.services.errors import AlreadyExists, QuotaExhausted
from bot.services.hospital_places import CHANNELS, Window
from bot.services.notices import CHANNEL_NAMES, when_zh
from bot.storage.hospital import HospitalBooking, HospitalChannel

HOSPITAL = "昆山市第三人民医院"
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
# what a question in the middle of a booking is about when it names no matter of its own
_OF_CHANNEL = re.compile(
    r"带(?:啥|什么|哪些|不带|身份证|证|东西|材料|医保|卡)|准备(?:啥|什么|哪些)|要(?:什么|啥)(?:材料|东西|证件?)|空腹|空肚子?|(?:吃|喝).{0,4}(?:饭|药|水|东西|头孢|早饭)"
    r"|头孢|抗生素|多少钱|收费|收钱|要钱|花钱|贵不|免费|挂号费|多久|几天|出结果|拿证|能拿|阳性|医保"
)
_OF_PLACE = re.compile(
    r"地址|在哪|哪里|哪儿|哪个医院|哪家医院|怎么[去走]|咋[去走]|哪个楼|几楼|远不远|多远|几点(?:开|关)(?!始)|几点(?:上|下)班"
)


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


_WHEN_TO_GO = re.compile(
    r"(?:那|我|该|应该|要|得|大概|最好|[，,\s]){0,4}(?:几点钟?|啥时候|什么时候|何时|多早|早上还是下午)(?:去|到|过去|来|过来)(?:比较|最|更|才)?(?:好|合适|行|方便)?(?:啊|呀|呢)?[?？]?"
)


class HospitalForm(VisitForm):
    form: ClassVar[str] = "hospital_form"
    start_topic: ClassVar[str] = "book_hospital"
    topics: ClassVar[frozenset[str]] = frozenset({"reschedule_booking"})
    title: ClassVar[str] = "医院预约"
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (("", r"^我?就?要(?:这个号|那个(?:号|空位)|这个空位)"),)

    def _told_at_card(
        self, heard: Heard, fields: list[Field], values: Values, found: Values, known: bool
    ) -> str | None:
        """ "几点去好" is answered by the time on the card."""
        if _WHEN_TO_GO.fullmatch(heard.text.strip()):
            return "按下面写的时间到就行。"
        return super()._told_at_card(heard, fields, values, found, known)

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
            hidden("visit_list"),
            hidden("visit_existing"),
        )

    async def prepare(self, tracker: Tracker, heard: Heard, values: Values) -> Values:
        person_id = await self.person_id(tracker)
        person = await self.services.people.get(person_id)
        known: Values = {
            "visit_phone": person.phone if person and person.consent_at else None,
            "visit_channel": asked_about(tracker),
        }
        latest = await self._latest(person_id)
        if latest is not None:
            known["visit_wish"] = same_time(heard.text, latest.starts_at)
            known["visit_day"] = same_day(heard.text, latest.starts_at)
            if speaks_of_another(heard.text):
                known["visit_channel"] = latest.channel
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

    def _read(
        self, heard: Heard, fields: list[Field], asked: Field | None, values: Values
    ) -> tuple[Values, str | None, bool]:
        found, refusal, known = super()._read(heard, fields, asked, values)
        if found.get("visit_wish"):
            found["visit_wish"] = with_hours_kept(found["visit_wish"], values, heard)
        return with_further(found, values, heard), refusal, known

    def opening(self, values: Values) -> str | None:
        return order_of(values) or None

    def _noted(self, fields: list[Field], before: Values, changed: Values) -> str:
        if changed.get("visit_list"):
            further = CHANNEL_NAMES[str(changed["visit_list"][-1]["channel"])]
            return f"好，先把{CHANNEL_NAMES[str(before['visit_channel'])]}约完，接着约{further}。"
        return super()._noted(fields, before, changed)

    async def settle(self, dispatcher: CollectingDispatcher, heard: Heard, values: Values, changed: Values) -> Values:
        channel = values.get("visit_channel")
        if channel is None:
            return {}
        taken_up = values.get("visit_wish") and not values.get("visit_slot") and not values.get("visit_note")
        if "visit_channel" not in changed and not {"visit_slot", "visit_wish"} & changed.keys() and not taken_up:
            return {}
        if values.get("visit_held") and "visit_wish" not in changed and changed.get("visit_slot") != OTHER:
            return {}
        return await self.settle_time(str(channel), heard, values, changed) | {"visit_held": None}

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        person_id = await self.person_id(tracker)
        if heard.topic == "cancel_booking" and not find_booking_numbers(heard.text):
            say(dispatcher, "好，这次先不约了，没有提交。想约的时候再说一声。", [payload("help")])
            return self._left()
        answered = await self._beside(dispatcher, tracker, heard)
        if answered is not None:
            return answered
        left = FORMS.get(str(heard.metadata.get("aside"))) if just_activated(tracker, self.form) else None
        quiet = CollectingDispatcher()
        events = await super().act(quiet, tracker, heard)
        values = values_after(tracker, self.all_fields(), events)
        existing = await self._existing(person_id, values)
        if existing is not None and events:
            return [*events, *self._has_one(dispatcher, existing, values, heard)]
        if left is not None:
            aside = over(put_aside(left, tracker.get_slot), tracker.get_slot("suspended"))
            events = [*events, SlotSet("suspended", aside), *clear(*(field.name for field in left.all_fields()))]
        if events and (note := about_another(heard.text, begins=just_activated(tracker, self.form))):
            say(dispatcher, note)
        dispatcher.messages.extend(quiet.messages)
        if not is_confirmed(events):
            return events
        try:
            number = await self._book(person_id, values, heard)
        except QuotaExhausted as full:
            return [*events, *self.refused_again(dispatcher, full)]
        except AlreadyExists as already:
            return [*events, *self._has_one(dispatcher, already.existing, values, heard)]
        return [*events, SlotSet("visit_existing", number)]

    async def _beside(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event] | None:
        """The form goes on after an answer to what was said beside it: a question, another person, a name."""
        if (
            just_activated(tracker, self.form)
            or came_back(tracker, self.form)
            or heard.topic in SAFETY
            or (heard.topic in LEAVING and (heard.topic != "human_handoff" or is_meant(heard.topic, heard.text)))
            or heard.metadata.keys() & {"switch", "about"}
            or heard.text.startswith("/")
        ):
            return None
        fields = list(self.all_fields())
        values: Values = {field.name: tracker.get_slot(field.name) for field in fields}
        channel = values.get("visit_channel")
        asked = next((field for field in fields if field.name == tracker.get_slot("requested_slot")), None)
        found, refusal, _ = self._read(heard, fields, asked, values)
        timed = any(wish.get("kind") in ("at", "not") for wish in found.get("visit_wish") or ())
        answer = asks(heard.text)
        if refusal or (timed and not is_about_hours(answer)) or found.keys() - {"visit_wish", "visit_slot"}:
            return None
        if answer is not None and channel:
            lead = await answer(self.services.hospital, str(channel), values)
        elif found:
            return None
        else:
            lead = about_another(heard.text, begins=False) or (NAMELESS if gives_name(heard.text) else "")
            if not lead and is_lunar(heard.text):
                lead = LUNAR_UNKNOWN
        if not lead:
            return None
        return self._ask(dispatcher, fields, values, offer_dropped(tracker), lead=lead)

    async def _latest(self, person_id: str) -> HospitalBooking | None:
        """The booking that was made last, of those that lie ahead."""
        mine = await self.services.hospital.bookings(person_id)
        return max(mine, key=lambda one: one.created_at, default=None)

    async def _existing(self, person_id: str, values: Values) -> HospitalBooking | None:
        channel = values.get("visit_channel")
        bookings = await self.services.hospital.bookings(person_id) if channel else []
        return next((one for one in bookings if one.channel == channel), None)

    async def _book(self, person_id: str, values: Values, heard: Heard) -> str:
        hospital = self.services.hospital
        channel, phone = str(values["visit_channel"]), str(values["visit_phone"])
        if values["visit_slot"] == WAITING:
            await hospital.waiting.join(person_id, channel, phone, _waited_for(values), key=heard.key)
            return WAITING
        if values.get("visit_held") and await hospital.waiting.offer(person_id) is not None:
            return (await hospital.accept_offer(person_id, key=heard.key)).number
        starts_at = datetime.fromisoformat(str(values["visit_slot"]))
        return (await hospital.book(person_id, channel, starts_at, phone, key=heard.key)).number

    def _has_one(
        self, dispatcher: CollectingDispatcher, existing: HospitalBooking, values: Values, heard: Heard
    ) -> list[Event]:
        name = CHANNEL_NAMES[existing.channel]
        further = next_visit(values, form=self.form, topic=self.start_topic)
        if further is not None and existing.status == "booked":
            say(
                dispatcher, f"您已经约了{name}：{when_zh(existing.starts_at)}，预约号 {existing.number}，这项不用再约。"
            )
            return [*self._left(), SlotSet("suspended", further)]
        if existing.status == "booked" and speaks_of_another(heard.text):
            say(
                dispatcher,
                f"这个微信号已经约了{name}：{when_zh(existing.starts_at)}，预约号 {existing.number}。\n"
                "一个微信号每项只能约一个：另一位用自己的微信跟我说一声就能约，时间可以挑一样的，有空位就行。",
                [("改时间", "/reschedule_booking"), ("约别的项目", "/book_hospital"), payload("human_handoff")],
            )
            return self._left()
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
            window = _waited_for(values)
            when = say_window(window) if window else "最早"
            return f"给您排队等{name}{when}的空位，有人退号就在这里告诉您，留 10 分钟给您定。\n手机：{phone}\n对吗？"
        held = "这是您排队等到的号。\n" if values.get("visit_held") else ""
        return (
            f"{held}请核对：\n· {name}，{say_moment(str(values['visit_slot']))}\n"
            f"· 地点：{HOSPITAL}\n· 手机：{phone}\n对吗？要改直接说。"
        )

    def confirm_choices(self, values: Values) -> tuple[Choice, ...]:
        return (("确认预约", "/affirm"), ("换个时间", f'/inform{{"slot":"{OTHER}"}}'), ("先不约了", "/stop"))


def _waited_for(values: Values) -> Window | None:
    """The time that was wished for when it was full; None: any."""
    day = values.get("visit_day")
    wishes = [Wish.from_slot(wish) for wish in values.get("visit_wish") or ()]
    return found_window([wish.on(date.fromisoformat(day)) if day else wish for wish in wishes])


def _asked_phone(values: Values) -> str:
    if values.get("visit_slot") == WAITING:
        window = _waited_for(values)
        return f"好，帮您排队等{say_window(window) if window else '最早'}的空位。留个手机号，方便联系。"
    return f"好，{say_moment(str(values['visit_slot']))}，{CHANNEL_NAMES[str(values['visit_channel'])]}。留个手机号，方便三院联系您。"


class ActionSubmitHospital(BotAction):
    """Says that it is booked (the form has booked it)."""

    action_name = "action_submit_hospital"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        number, phone = tracker.get_slot("visit_existing"), tracker.get_slot("visit_phone")
        events = clear(*(field.name for field in HospitalForm.all_fields()), CONFIRM)
        if not number:
            return events
        values = {field.name: tracker.get_slot(field.name) for field in HospitalForm.all_fields()}
        further = next_visit(values, form=HospitalForm.form, topic=HospitalForm.start_topic)
        if further is not None:
            events.append(SlotSet("suspended", over(further, tracker.get_slot("suspended"))))
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
                booked_text(booking, channel, whom=for_whom(said_in_form(tracker, HospitalForm.form))),
                [("改时间", "/reschedule_booking"), ("取消预约", "/cancel_booking"), payload("hospital/location")],
            )
        if further is not None:
            return events  # one question at a time: the next visit comes first
        return [*events, *await ask_to_remember(self, dispatcher, tracker, person_id, phone)]


def booked_text(
    booking: HospitalBooking, channel: HospitalChannel, *, verb: str = "约好了", whom: str | None = None
) -> str:
    demo = "（示例号源，去之前请跟医院核实）" if channel.demo else ""
    return (
        f"{verb}！预约号 {booking.number}。\n{when_zh(booking.starts_at)}，{channel.hospital}，"
        f"{CHANNEL_NAMES[booking.channel]}{f'，给您{whom}约的' if whom else ''}{demo}。\n{PREPARE[booking.channel]}\n"
        "到了先问导诊台“昆小哥医院”。前一天提醒您，去不了提前说一声。"
    )
