"""Greeting: a newcomer hears what the bot is for; who has been here before hears what is under way."""

from __future__ import annotations

from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import BotAction, Choice, Event, Heard, say
from bot.actions.dispute_kinds import TYPES
from bot.actions.general import MENU
from bot.actions.last_search import USUAL
from bot.actions.mine import things_of
from bot.actions.tickets import STATES
from bot.knowledge.topics import payload
from bot.language import mask
from bot.services import Services
from bot.services.notices import CHANNEL_NAMES, when_zh
from bot.storage.people import Person

SHOWN = 4
_OVERVIEW = (
    r"我(?:都|还)?(?:有|办|登记|约|报|申请)(?:了|过)?(?:些)?(?:哪些|啥|什么)(?:事|东西)?(?:在办|没办完|办着|$|[?？了呢])"
    r"|我(?:还)?有(?:没有|啥|什么).{0,4}(?:在办|没办完)|(?:还)?(?:记得|认识)我(?:吗|不|么|吧|没)"
    r"|^(?:看|查)?(?:一下|看|下)?我(?:在办|办过|办着)的(?:事)?[。！]*$"
)


async def under_way(services: Services, person: str) -> list[str]:
    """One line for each thing that is not over yet: tickets, bookings, then what was sent in or signed up for."""
    lines = [
        f"工单 {ticket.number}（{TYPES.get(ticket.dispute_type, '劳动纠纷')}）：{STATES[ticket.state]}"
        for ticket in await services.disputes.of_person(person, only_open=True)
    ]
    lines += [
        f"{CHANNEL_NAMES[one.channel]}：{when_zh(one.starts_at)}" for one in await services.hospital.bookings(person)
    ]
    lines += [f"在排队等{CHANNEL_NAMES[one.channel]}的空位" for one in await services.hospital.waiting.of(person)]
    lines += [f"{thing.what}：{thing.state}" for thing in await things_of(services, person) if thing.undo is not None]
    return lines


class ActionGreet(BotAction):
    """ "你好", and "我有哪些在办的"."""

    action_name = "action_greet"
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (("", _OVERVIEW),)

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        asked = heard.topic != "greet"
        person = await self.services.people.find(str(tracker.sender_id))
        lines = await under_way(self.services, str(person.id)) if person else []
        if tracker.active_loop and not asked:
            say(dispatcher, "您好，在的。")
            return []
        if asked and person is None:
            say(dispatcher, "您这里没有在办的事。", MENU)
            return []
        if person is None or not (lines or _remembered(person) or asked):
            say(
                dispatcher,
                "您好，我是暖新，昆山新就业群体的服务小助手。驿站、欠薪维权、看病、学费补助都能问我。",
                MENU,
            )
            return []
        parts = [
            "您在办的：" if asked else "您好，又见面了，我是暖新。您在办的：" if lines else "您好，又见面了，我是暖新。"
        ]
        if asked and not lines:
            parts = ["您这里没有在办的事。"]
        parts += [f"· {line}" for line in lines[:SHOWN]]
        if len(lines) > SHOWN:
            parts.append(f"还有 {len(lines) - SHOWN} 件，点下面看。")
        if kept := _remembered(person):
            parts.append(f"{kept}我记着，不想让我记就说“别记了”。")
        say(dispatcher, "\n".join(parts), await self._choices(tracker, person))
        return []

    async def _choices(self, tracker: Tracker, person: Person) -> list[Choice]:
        """What goes on from here: the form laid aside, then what the person has."""
        choices: list[Choice] = []
        suspended = tracker.get_slot("suspended")
        if isinstance(suspended, dict) and not tracker.active_loop:
            choices.append((f"接着办{suspended['title']}", f"/{suspended['topic']}"))
        if await self.services.disputes.of_person(str(person.id), only_open=True):
            choices.append(payload("dispute_status"))
        if await self.services.hospital.bookings(str(person.id)):
            choices.append(payload("booking_status"))
        if await things_of(self.services, str(person.id)):
            choices.append(("看我登记的", "/leave_suggestion:mine"))
        usual = await self.services.people.usual_place(str(person.id))
        choices.append((f"{usual[2]}附近的驿站", f"/find_station:{USUAL}") if usual else payload("find_station"))
        return [*choices, payload("help")]


def _remembered(person: Person) -> str:
    """ "手机 137****5678、常在花桥，", only with consent."""
    if person.consent_at is None:
        return ""
    kept = [f"手机 {mask(person.phone)}"] if person.phone else []
    kept += [f"上次的地方 {person.last_place}"] if person.last_place else []
    return "、".join(kept) + "，" if kept else ""
