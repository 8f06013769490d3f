"""The values of a form: those that it keeps without asking, and all of them once a turn is over."""

from __future__ import annotations

from collections.abc import Sequence

from rasa_sdk import Tracker

from bot.actions.base import Event
from bot.actions.form_fields import CONFIRM, Field, Question, Values


def hidden(name: str) -> Field:
    """A value that the form keeps for itself."""
    return Field(name, "", lambda values: Question(""), lambda heard: None, needed=lambda values: False)


def is_confirmed(events: Sequence[Event]) -> bool:
    """Whether the person said yes to what was read back, by the events of this turn."""
    return any(e.get("event") == "slot" and e.get("name") == CONFIRM and e.get("value") for e in events)


def values_after(tracker: Tracker, fields: Sequence[Field], events: Sequence[Event]) -> Values:
    """The form's values once these events are applied."""
    values: Values = {field.name: tracker.get_slot(field.name) for field in fields}
    changed = {str(e["name"]): e.get("value") for e in events if e.get("event") == "slot"}
    return values | {name: value for name, value in changed.items() if name in values}
