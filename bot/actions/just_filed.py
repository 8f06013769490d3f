"""What was just sent in says something wrongly: the place of a report, the phone of a visit."""

from __future__ import annotations

from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import readers
from bot.actions.base import BotAction, Choice, Event, Heard, say
from bot.actions.places import place_in
from bot.actions.suggestion import KINDS
from bot.knowledge.topics import payload
from bot.language import mask
from bot.services.errors import Invalid, NotFound, WrongState

_MINE: Choice = ("看我提过的", "/leave_suggestion:mine")


class ActionMendJustFiled(BotAction):
    """`bot.dialogue.mended.mends_just_filed` hears what is wrong."""

    action_name = "action_mend_just_filed"
    listed: ClassVar[bool] = False

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        person = await self.person_id(tracker)
        if heard.metadata.get("mends") == "visit_phone":
            await self._phone(dispatcher, person, heard)
        else:
            await self._place(dispatcher, person, heard)
        return []

    async def _place(self, dispatcher: CollectingDispatcher, person: str, heard: Heard) -> None:
        found, mine = place_in(heard.text), await self.services.suggestions.mine(person)
        if not mine or found is None:
            say(dispatcher, "没找到您刚才提的那条，麻烦再说一遍是哪件事、在哪。", [payload("leave_suggestion"), _MINE])
            return
        row = mine[0]
        try:
            await self.services.suggestions.put_right(person, row.number, place=found.surface)
        except (NotFound, WrongState, Invalid):
            said = f"{KINDS[row.kind]} {row.number} 已经有人在办或者取消了，这里改不了。要改动打 12345 说编号就行。"
        else:
            was = f"，原来写{row.place}" if row.place else ""
            said = f"改好了：{KINDS[row.kind]} {row.number} 的地点现在是{found.surface}{was}。"
        say(dispatcher, said, [_MINE, payload("help")])

    async def _phone(self, dispatcher: CollectingDispatcher, person: str, heard: Heard) -> None:
        phone, booked = readers.phone(heard), await self.services.hospital.bookings(person)
        choices: list[Choice] = [payload("booking_status"), payload("help")]
        if not booked or phone is None:
            say(dispatcher, "没查到您名下还没到时间的预约，手机号没有改。", choices)
            return
        last = max(booked, key=lambda one: one.created_at)
        try:
            await self.services.hospital.set_phone(person, last.number, phone)
        except (NotFound, WrongState):
            say(dispatcher, f"预约 {last.number} 已经取消或者过了时间，手机号没有改。", choices)
            return
        say(dispatcher, f"改好了：预约 {last.number} 的手机号现在是{mask(phone)}。时间没动。", choices)
