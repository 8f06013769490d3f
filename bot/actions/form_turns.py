"""What the events of a conversation say to a form about the message in hand."""

from __future__ import annotations

from copy import copy

from rasa_sdk import Tracker

from bot.actions.form_fields import Values


def offer_dropped(tracker: Tracker) -> Values:
    """The offer to do something else first was not taken: what lay aside before it lies there again."""
    offer = tracker.get_slot("pending_task")
    return {"pending_task": None, "suspended": offer.get("before") if isinstance(offer, dict) else None}


def without_past(tracker: Tracker) -> Tracker:
    """The tracker as if nothing had been said yet: what the values held or dropped were read from is not read again."""
    fresh = copy(tracker)
    fresh.events = []
    return fresh


def came_back(tracker: Tracker, form: str) -> bool:
    """True when this message was already left to the rules, and the form is only asked to repeat its question."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return False
        if event.get("event") == "action_execution_rejected" and event.get("name") == form:
            return True
    return False


def just_activated(tracker: Tracker, form: str) -> bool:
    """True while Rasa activates the form (its loop event comes after the rider's message)."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return False
        if event.get("event") == "active_loop" and event.get("name") == form:
            return True
    return False


def said_in_form(tracker: Tracker, form: str) -> list[str]:
    """What the person said since the form began, the message that began it first."""
    texts: list[str] = []
    begun = False
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            texts.append(str(event.get("text") or ""))
            if begun:
                break
        begun = begun or (event.get("event") == "active_loop" and event.get("name") == form)
    return texts[::-1]


def times_asked(tracker: Tracker, field: str) -> int:
    """After how many messages the running form has asked for this field, not counting the one in hand."""
    count, last = 0, None  # what was asked for last after the message that is looked at
    in_hand = True
    for event in reversed(tracker.events):
        kind = event.get("event")
        if kind == "slot" and event.get("name") == "requested_slot":
            last = last or event.get("value")
        elif kind in ("user", "active_loop"):
            count += last == field and not in_hand
            last, in_hand = None, False
            if kind == "active_loop":
                break
    return count
