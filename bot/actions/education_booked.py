"""A session of the riders' education that is booked: how it is said, and taken back."""

from __future__ import annotations

from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import BotAction, Choice, Event, Heard, say
from bot.knowledge.topics import payload
from bot.services.notices import EDUCATION_NAMES, when_zh
from bot.storage.safety import EducationBooking

MOVE: Choice = ("改时间", "/book_education:move")
CANCEL: Choice = ("取消这次学习", "/book_education:cancel")


async def describe_education(action: BotAction, booking: EducationBooking) -> str:
    """What, when, where, and the number."""
    lesson = await action.services.safety.education.session_of(booking)
    return f"{EDUCATION_NAMES[booking.form]}，{when_zh(booking.starts_at)}，{lesson.site}，编号 {booking.number}"


async def cancel_education(action: BotAction, dispatcher: CollectingDispatcher, person_id: str) -> bool:
    """Cancel the session that is booked, and say so; False when there is none."""
    education = action.services.safety.education
    mine = await education.bookings(person_id)
    if not mine:
        say(dispatcher, "没查到您约的安全学习。", [payload("book_education"), payload("help")])
        return False
    await education.cancel(person_id, mine[0].number)
    say(
        dispatcher,
        f"取消好了：{await describe_education(action, mine[0])}。要换时间再约一个就行。",
        [payload("book_education"), payload("help")],
    )
    return True


class ActionCancelEducation(BotAction):
    action_name = "action_cancel_education"
    buttons: ClassVar[frozenset[tuple[str, str]]] = frozenset({("book_education", "cancel")})
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        ("", r"取消.{0,6}(?:学习|执勤|上课|安全课)|(?:学习|执勤|安全课).{0,4}(?:取消|退掉|退了|不去了)"),
    )

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        await cancel_education(self, dispatcher, await self.person_id(tracker))
        return []
