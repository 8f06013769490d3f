"""More of a matter whose ticket was just made: offered to that ticket, not taken for a new matter."""

from __future__ import annotations

from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import dispute_story as story
from bot.actions.base import BotAction, Event, Heard, say
from bot.actions.tickets import name_of, number_in


class ActionMoreOfTicket(BotAction):
    """ "又罚了两百": into the ticket that the message carries, or a new one? Another firm's name is a new one at once.

    Which it was comes back with the message itself (`bot.dialogue.host`), so nothing is said twice.
    """

    action_name = "action_more_of_ticket"
    listed: ClassVar[bool] = False

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        tickets = await self.services.disputes.of_person(await self.person_id(tracker), only_open=True)
        ticket = next((t for t in tickets if t.number == number_in(heard)), None)
        firm = story.firm(heard)
        if ticket is None or (firm and ticket.employer and firm not in ticket.employer and ticket.employer not in firm):
            return [FollowupAction("dispute_form")]
        say(
            dispatcher,
            f"这句补进工单 {ticket.number}（{name_of(ticket)}）好吗？窗口一起看。要是另一件事，就单独登记。",
            [("补进这个工单", "/supplement_dispute"), ("另外登记一件", "/open_dispute"), ("不用", "/stop")],
            ask=True,
        )
        return []
