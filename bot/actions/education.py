"""Education for riders in chat: a session to go to, the law quiz, the signed pledge."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import readers
from bot.actions.base import BotAction, Choice, Event, Heard, clear, say
from bot.actions.education_booked import CANCEL, MOVE, describe_education
from bot.actions.education_quiz import AGAIN, hand_in, quiz_fields, settle_quiz
from bot.actions.education_quiz import KEPT as QUIZ_KEPT
from bot.actions.form_fields import CONFIRM, Field, Question, Values
from bot.actions.form_values import hidden, is_confirmed, values_after
from bot.actions.forms import TaskForm
from bot.actions.people import ask_to_remember
from bot.actions.visit_time import read_visit_wishes
from bot.actions.wishes import Wish, pick, read_pick, short_moment
from bot.knowledge.topics import payload
from bot.language import normalise
from bot.services.education import FORMS, FreeSession
from bot.services.education_proofs import PLEDGE_TEXT
from bot.services.errors import AlreadyExists, QuotaExhausted
from bot.services.notices import EDUCATION_NAMES, when_zh
from bot.storage.safety import EducationBooking

KIND_NAMES = {**EDUCATION_NAMES, "quiz": "在线做题", "sign": "在线签承诺"}
KIND_CHOICES: tuple[Choice, ...] = tuple((name, f'/inform{{"edu_kind":"{kind}"}}') for kind, name in KIND_NAMES.items())
NOTHING_FREE = "这两周没有能约的场次。换一种学习方式，或者过几天再来看："
_KIND_WORDS: dict[str, re.Pattern[str]] = {
    "quiz": re.compile(r"做题|答题|测验|刷题|考题"),
    "sign": re.compile(r"在线签|网上签|手机上签|现在签"),
    "video": re.compile(r"视频|片子|宣传片|录像|电影|看片"),
    "duty_help": re.compile(r"执勤|站岗|举(?:小)?旗|劝导|值勤|路口"),
    "pledge": re.compile(r"承诺|保证书"),
    "law_study": re.compile(r"(?:交通)?法(?:规|律)|学法|发规|上课|听课|讲课"),
}
_SITE_WORDS = {"E1": re.compile(r"北站|宣教基地"), "E2": re.compile(r"[绣秀]衣"), "E3": re.compile(r"国际大厦")}
MOST_OFFERS = 4
_HIDDEN = ("edu_offers", "edu_note", "edu_result", "edu_person", *QUIZ_KEPT)


def read_kind(heard: Heard) -> str | None:
    tapped = heard.first("edu_kind")
    if tapped in KIND_NAMES:
        return str(tapped)
    if heard.text.startswith("/"):
        return None
    text = normalise(heard.text).text
    return next((kind for kind, words in _KIND_WORDS.items() if words.search(text)), None)


def read_site(heard: Heard) -> str | None:
    if heard.text.startswith("/"):
        return None
    return next((code for code, words in _SITE_WORDS.items() if words.search(heard.text)), None)


def _kind_asked(heard: Heard) -> str | None:
    """Also by its place among the choices: "第三个"."""
    number = read_pick(heard.text, asked=True)
    found = read_kind(heard)
    return found or (pick(list(KIND_NAMES), number) if number is not None else None)


def read_session(heard: Heard) -> Any:
    tapped = heard.first("edu_session")
    if isinstance(tapped, int) and not isinstance(tapped, bool):
        return tapped
    number = read_pick(heard.text, asked=False)
    return {"pick": number} if number is not None else None


def read_session_asked(heard: Heard) -> Any:
    found = read_session(heard)
    if found is not None or heard.text.startswith("/"):
        return found
    number = read_pick(heard.text, asked=True)
    return {"pick": number} if number is not None else None


def is_session(values: Values) -> bool:
    """Whether the chosen kind is one to go to."""
    return values.get("edu_kind") in FORMS


def _ask_session(values: Values) -> Question:
    offers: list[dict[str, Any]] = values.get("edu_offers") or []
    if not offers and values.get("edu_note"):  # nothing to choose from: the other kinds are the way out
        return Question(str(values["edu_note"]), tuple(one for one in KIND_CHOICES if one[0] != _kind_name(values)))
    return Question(
        str(values.get("edu_note") or "想哪天去？"),
        tuple((str(one["title"]), f'/inform{{"edu_session":{one["id"]}}}') for one in offers),
    )


def _kind_name(values: Values) -> str | None:
    return KIND_NAMES.get(str(values.get("edu_kind")))


class EducationForm(TaskForm):
    form: ClassVar[str] = "education_form"
    start_topic: ClassVar[str] = "book_education"
    topics: ClassVar[frozenset[str]] = frozenset({"safety/education_sites", "reschedule_booking"})
    title: ClassVar[str] = "安全学习"
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        (
            "",
            r"(?:在线|网上|手机上?)(?:做题|答题|考题|签(?:守法)?承诺)|(?:交通|法规|安全)(?:知识)?(?:做题|答题|测验|考题)",
        ),
    )

    @classmethod
    def all_fields(cls) -> tuple[Field, ...]:
        return (
            Field(
                "edu_kind",
                "形式",
                lambda values: Question("选哪种学习方式？", KIND_CHOICES),
                read_kind,
                _kind_asked,
                show=lambda kind: KIND_NAMES[str(kind)],
            ),
            Field("edu_site", "", lambda v: Question(""), read_site, needed=lambda v: False),
            Field("edu_wish", "", lambda v: Question(""), read_visit_wishes, needed=lambda v: False),
            Field("edu_session", "", _ask_session, read_session, read_session_asked, needed=is_session),
            Field(
                "edu_phone",
                "手机",
                lambda values: Question("留个手机号，有变动好通知您。"),
                readers.phone,
                readers.phone_asked,
                needed=is_session,
                show=readers.show_phone,
            ),
            *quiz_fields(),
            *(hidden(name) for name in _HIDDEN),
        )

    async def prepare(self, tracker: Tracker, heard: Heard, values: Values) -> Values:
        person_id = await self.person_id(tracker)
        person = await self.services.people.get(person_id)
        return {"edu_phone": person.phone if person and person.consent_at else None, "edu_person": person_id}

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        person_id = await self.person_id(tracker)
        quiet = CollectingDispatcher()
        events = await super().act(quiet, tracker, heard)
        values = values_after(tracker, self.all_fields(), events)
        mine = await self.services.safety.education.bookings(person_id) if is_session(values) else []
        if mine and events:
            await self._say_booked(dispatcher, mine[0])
            return [*events, *clear(*(f.name for f in self.all_fields()), CONFIRM), SlotSet("requested_slot", None)]
        dispatcher.messages.extend(quiet.messages)
        if is_confirmed(events) and is_session(values):
            return [*events, *await self._book(dispatcher, person_id, values, heard)]
        return events

    async def _say_booked(self, dispatcher: CollectingDispatcher, booking: EducationBooking) -> None:
        said = f"您已经约了：{await describe_education(self, booking)}。要换时间直接说改到哪天。"
        say(dispatcher, said, [MOVE, CANCEL, payload("help")])

    async def _book(
        self, dispatcher: CollectingDispatcher, person_id: str, values: Values, heard: Heard
    ) -> list[Event]:
        try:
            booking = await self.services.safety.education.book(
                person_id, int(values["edu_session"]), str(values["edu_phone"]), key=heard.key
            )
        except QuotaExhausted as full:
            note = "这一场刚刚满了，还有这些：" if full.alternatives else f"这一场刚刚满了。{NOTHING_FREE}"
            changed = self._offered(list(full.alternatives), note)
            question = _ask_session(values | changed)
            say(dispatcher, question.text, question.choices, ask=True)
            events = [SlotSet(name, value) for name, value in changed.items()]
            return [*events, SlotSet(CONFIRM, None), SlotSet("requested_slot", "edu_session")]
        except AlreadyExists as already:
            await self._say_booked(dispatcher, already.existing)
            return [SlotSet(CONFIRM, None)]
        return [SlotSet("edu_result", booking.number)]

    async def settle(self, dispatcher: CollectingDispatcher, heard: Heard, values: Values, changed: Values) -> Values:
        kind = values.get("edu_kind")
        if kind == "quiz":
            return await settle_quiz(self.services.safety.proofs, values, changed)
        if kind not in FORMS or not {"edu_kind", "edu_site", "edu_wish", "edu_session"} & changed.keys():
            return {}
        chosen = changed.get("edu_session")
        offers: list[dict[str, Any]] = values.get("edu_offers") or []
        if isinstance(chosen, dict) and "edu_kind" not in changed:
            picked = pick([str(one["id"]) for one in offers], int(chosen["pick"]))
            return {"edu_session": int(picked) if picked else None}
        if isinstance(chosen, int) and any(one["id"] == chosen for one in offers):
            return {}
        return await self._offer(str(kind), values, heard)

    async def _offer(self, kind: str, values: Values, heard: Heard) -> Values:
        wishes = [Wish.from_slot(wish) for wish in values.get("edu_wish") or ()]
        free = await self.services.safety.education.free_sessions(kind, site_code=values.get("edu_site"))
        if not free:
            other = await self.services.safety.education.free_sessions(kind)
            note = "那个地点没有能约的场次，别处有：" if other else NOTHING_FREE
            return self._offered(other, note)
        if any(wish.kind in ("earliest", "any") for wish in wishes):
            return _chosen(free[0])
        for wish in wishes:
            inside = [one for one in free if wish.kind == "at" and wish.window.holds(one.starts_at)]
            if inside:
                if len(inside) == 1:
                    return _chosen(inside[0])
                return self._offered(inside, f"{wish.text}有这些场次，选一个：")
        first = next((wish for wish in wishes if wish.kind == "at"), None)
        lead = f"{first.text}没有场次。" if first else ""
        near = sorted(free, key=lambda one: abs((one.starts_at.date() - _day(first, heard)).days))[:MOST_OFFERS]
        return self._offered(sorted(near, key=lambda one: one.starts_at), f"{lead}最近的场次：")

    @staticmethod
    def _offered(free: list[FreeSession], note: str) -> Values:
        return {
            "edu_session": None,
            "edu_offers": [_offer_of(one) for one in free[:MOST_OFFERS]],
            "edu_note": "\n".join([note, *(f"· {when_zh(o.starts_at)} {o.site}" for o in free[:MOST_OFFERS])]),
        }

    def _noted(self, fields: list[Field], before: Values, changed: Values) -> str:
        if changed.get("edu_session") and not before.get("edu_phone") and not changed.get("edu_phone"):
            offers: list[dict[str, Any]] = changed.get("edu_offers") or before.get("edu_offers") or []
            one = next((offer for offer in offers if offer["id"] == changed["edu_session"]), None)
            return f"好，{one['when']}，{one['site']}。" if one else ""
        timeless = not before.get("edu_session") and not changed.get("edu_session")
        return "手机号记下了。" if timeless and changed.get("edu_phone") else ""

    def _not_matched(
        self,
        dispatcher: CollectingDispatcher,
        fields: list[Field],
        values: Values,
        misses: int,
        *,
        unwilling: bool,
        kept: Values,
    ) -> list[Event]:
        """The question again, without what was said of the answer before it."""
        bare = values | {"quiz_said": None}
        return super()._not_matched(dispatcher, fields, bare, misses, unwilling=unwilling, kept=kept)

    def must_confirm(self, values: Values) -> bool:
        return values.get("edu_kind") != "quiz"  # a quiz ends with its last answer

    def summary(self, fields: list[Field], values: Values) -> str:
        if values["edu_kind"] == "sign":
            return f"请看清楚再签：\n{PLEDGE_TEXT}\n同意就点“我承诺”。"
        offers: list[dict[str, Any]] = values.get("edu_offers") or []
        one = next((offer for offer in offers if offer["id"] == values["edu_session"]), None)
        where = f"{one['when']}，{one['site']}" if one else ""
        return (
            f"请核对：\n· {KIND_NAMES[str(values['edu_kind'])]}，{where}\n"
            f"· 手机：{readers.show_phone(values['edu_phone'])}\n对吗？要改直接说。"
        )

    def confirm_choices(self, values: Values) -> tuple[Choice, ...]:
        if values.get("edu_kind") == "sign":
            return (("我承诺", "/affirm"), ("先不签", "/stop"))
        return (("确认预约", "/affirm"), ("先不约了", "/stop"))


def short_site(name: str) -> str:
    """For a button."""
    return name.removeprefix("交警").replace("骑手交通安全宣教基地", "")


def _offer_of(one: FreeSession) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": f"{short_moment(one.starts_at)} {short_site(one.site)}",
        "when": when_zh(one.starts_at),
        "site": one.site,
    }


def _chosen(one: FreeSession) -> Values:
    return {"edu_session": one.id, "edu_offers": [_offer_of(one)], "edu_note": None}


def _day(wish: Wish | None, heard: Heard) -> date:
    return wish.first if wish and wish.first else heard.now.date()


class ActionSubmitEducation(BotAction):
    """Words what the form has done: a place, a quiz, a pledge."""

    action_name = "action_submit_education"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        fields = [field.name for field in EducationForm.all_fields()]
        given: dict[str, Any] = {name: tracker.get_slot(name) for name in fields}
        events: list[Event] = clear(*fields, CONFIRM)
        if not tracker.get_slot(CONFIRM):
            return events
        person_id = await self.person_id(tracker)
        if given["edu_kind"] == "quiz":
            said = await hand_in(self.services.safety.proofs, person_id, given)
            say(dispatcher, said, [AGAIN, ("约去学法规", '/book_education{"edu_kind":"law_study"}')])
            return events
        if given["edu_kind"] == "sign":
            pledge = await self.services.safety.proofs.sign_pledge(person_id, key=heard.key)
            say(
                dispatcher,
                f"签好了，编号 {pledge.number}，{when_zh(pledge.signed_at)}。\n在线签的算不算完成学习，以交警认定为准；"
                "要当面签，可以约去宣教基地或岗亭。",
                [("约当面签", '/book_education{"edu_kind":"pledge"}'), payload("my_safety_record")],
            )
            return events
        booking = next(
            (
                one
                for one in await self.services.safety.education.bookings(person_id)
                if one.number == given["edu_result"]
            ),
            None,
        )
        if booking is None:
            return events
        lesson = await self.services.safety.education.session_of(booking)
        say(
            dispatcher,
            f"约好了，编号 {booking.number}。\n{EDUCATION_NAMES[booking.form]}，{when_zh(booking.starts_at)}，"
            f"{lesson.site}（示例场次，去之前先核实）。\n门牌没有公布，出门前按交警通知或打 12345 问清；带身份证。前一天提醒您。",
            [("先做题练练", '/book_education{"edu_kind":"quiz"}'), MOVE, CANCEL, payload("safety/education_sites")],
        )
        return [*events, *await ask_to_remember(self, dispatcher, tracker, person_id, given["edu_phone"])]
