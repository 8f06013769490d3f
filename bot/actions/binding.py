"""Forms that need to know which work number is the rider's: they ask for it and for the one-time code."""

from __future__ import annotations

import re
from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import BotAction, Event, Heard, clear, say
from bot.actions.form_fields import CONFIRM, SKIPPED, Field, Question, Values
from bot.actions.form_values import is_confirmed, values_after
from bot.actions.forms import TaskForm
from bot.knowledge.topics import payload
from bot.language import find_phones, normalise
from bot.services.errors import Invalid, NotFound
from bot.services.safety_binding import CODE_DIGITS, TooManyAttempts

NO_CODE = ("没有绑定码", '/inform{"bind":"none"}')
_CODE = re.compile(rf"(?<!\d)\d(?:[ -]?\d){{{CODE_DIGITS - 1}}}(?!\d)")
_WORK_NO = re.compile(r"(?:工号|编号)[是为:：\s]*([0-9A-Za-z][0-9A-Za-z_.\-]{2,31})")
_ALONE = re.compile(r"^[\s:：]*([0-9A-Za-z]*\d[0-9A-Za-z_.\-]{1,31})\s*$")
_NONE = re.compile(r"没有|没(?:码|收到|拿到)|不知道|不晓得|忘|没得|哪(?:里|儿)(?:来|有|拿)|找谁")


def read_work_no(heard: Heard) -> str | None:
    """A work number said to be one."""
    found = _WORK_NO.search(normalise(heard.text).text)
    return found[1].upper() if found and not find_phones(found[1]) else None


def read_work_no_asked(heard: Heard) -> str | None:
    named = read_work_no(heard)
    if named:
        return named
    if heard.first("bind") == "none" or _NONE.search(heard.text):
        return SKIPPED
    parts = normalise(heard.text).text.replace(",", " ").split()
    found = _ALONE.search(parts[0]) if parts else None
    return found[1].upper() if found and not find_phones(found[1]) else None


def read_code(heard: Heard) -> str | None:
    """The 8 digits of a code, when they are said to be one or stand beside a work number."""
    text = normalise(heard.text).text
    beside = "码" in text or len(text.split()) == 2
    found = _CODE.search(text) if beside else None
    return re.sub(r"\D", "", found[0]) if found else None


def read_code_asked(heard: Heard) -> str | None:
    if heard.first("bind") == "none":
        return SKIPPED
    found = _CODE.search(normalise(heard.text).text)
    if found:
        return re.sub(r"\D", "", found[0])
    return SKIPPED if _NONE.search(heard.text) else None


class BindingForm(TaskForm):
    """Ends at once when a number is bound; else asks for number and code and binds."""

    confirm_needed: ClassVar[bool] = False
    why: ClassVar[str] = ""
    without: ClassVar[str] = ""
    """What can be done without a code, after how to get one."""

    without_choices: ClassVar[tuple[str, ...]] = ("human_handoff",)

    @classmethod
    def all_fields(cls) -> tuple[Field, ...]:
        return (
            Field(
                "bind_work_no",
                "",
                lambda values: Question(
                    f"{cls.why}，要先绑定工号，只看姓名电话我不查。\n把工号发给我，绑定码找站长或公司要。", (NO_CODE,)
                ),
                read_work_no,
                read_work_no_asked,
            ),
            Field(
                "bind_code",
                "",
                lambda values: Question(f"再发一下 {CODE_DIGITS} 位绑定码（公司或后台给的，7 天内有效）。", (NO_CODE,)),
                read_code,
                read_code_asked,
                needed=lambda values: values.get("bind_work_no") != SKIPPED,
            ),
        )

    def _noted(self, fields: list[Field], before: Values, changed: Values) -> str:
        return ""

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        person_id = await self.person_id(tracker)
        if await self.is_bound(person_id):
            return [*clear("bind_work_no", "bind_code"), SlotSet(CONFIRM, True), SlotSet("requested_slot", None)]
        events = await super().act(dispatcher, tracker, heard)
        if not is_confirmed(events):
            return events
        values = values_after(tracker, self.all_fields(), events)
        if SKIPPED in (values["bind_work_no"], values["bind_code"]):
            say(
                dispatcher,
                f"没有码也不要紧：找站长或公司管理员，让他们从系统里给您的工号发一个绑定码；{self.without}",
                [payload(name) for name in self.without_choices],
            )
            return [*events, *clear("bind_work_no", "bind_code"), SlotSet(CONFIRM, None)]
        return [*events, *await self._bind(dispatcher, person_id, values)]

    async def is_bound(self, person_id: str) -> bool:
        try:
            await self.services.safety.binding.of(person_id)
        except NotFound:
            return False
        return True

    async def _bind(self, dispatcher: CollectingDispatcher, person_id: str, values: Values) -> list[Event]:
        work_no, code = str(values["bind_work_no"]), str(values["bind_code"])
        try:
            await self.services.safety.binding.bind(person_id, work_no, code)
        except TooManyAttempts:
            say(dispatcher, "今天试的次数太多了，明天再来，或者让公司重新发一个绑定码。", [payload("human_handoff")])
            return [*clear("bind_work_no", "bind_code"), SlotSet(CONFIRM, None)]
        except Invalid:
            say(
                dispatcher,
                f"工号 {work_no} 和绑定码对不上，或者码过期了。核对一下再发绑定码；工号错了就说“工号是……”。",
                (NO_CODE,),
                ask=True,
            )
            return [SlotSet("bind_code", None), SlotSet(CONFIRM, None), SlotSet("requested_slot", "bind_code")]
        say(dispatcher, f"工号 {work_no} 绑定好了。")
        return clear("bind_work_no", "bind_code")


class BoundAction(BotAction):
    """What follows a `BindingForm`; does nothing when nothing is bound."""

    async def bound_work_no(self, tracker: Tracker) -> str | None:
        try:
            return (await self.services.safety.binding.of(await self.person_id(tracker))).work_no
        except NotFound:
            return None
