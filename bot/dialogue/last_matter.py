"""What was talked of last: whether a correction can be about the ticket, a booking, a sum or a report."""

from __future__ import annotations

from rasa.shared.core.events import ActiveLoop, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

RECENT = 6  # user turns after which what was done is no longer meant without its name
SUM = "sum"  # a subsidy that was worked out
TALK = "talk"  # anything else that was asked
_OF_TICKET = frozenset({"dispute_form", "details_form", "supplement_form", "withdraw_form"})
_OF_ANY = frozenset(
    {
        "inform",
        "affirm",
        "deny",
        "stop",
        "thank",
        "greet",
        "goodbye",
        "chitchat",
        "help",
        "nlu_fallback",
        "bot_feedback",
    }
    | {"open_dispute", "supplement_dispute", "dispute_status", "withdraw_dispute", "human_handoff", "out_of_scope"}
)


def since_ticket(tracker: DialogueStateTracker) -> str | None:
    """What came after the ticket was made, shown or changed last: a form's name, `SUM`, `TALK`; None for nothing."""
    talked = None
    for event in reversed(tracker.events):
        if isinstance(event, SlotSet) and event.key == "ticket_number" and event.value:
            return talked
        if isinstance(event, ActiveLoop) and event.name and event.name not in _OF_TICKET:
            return str(event.name)
        if isinstance(event, SlotSet) and event.key == "subsidy_case" and event.value:
            return SUM
        if isinstance(event, UserUttered):
            about = (event.metadata or {}).get("about") or (event.parse_data or {}).get("topic")
            if about and str(about) not in _OF_ANY and not str(about).startswith("dispute/"):
                talked = TALK
    return talked


def last_form(tracker: DialogueStateTracker) -> str | None:
    """The form that was filled in last, while it is recent."""
    turns = 0
    for event in reversed(tracker.events):
        turns += isinstance(event, UserUttered)
        if turns > RECENT:
            return None
        if isinstance(event, ActiveLoop) and event.name:
            return str(event.name)
    return None
