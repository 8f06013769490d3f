"""Which forms there are. A form class registers itself when it is defined (`TaskForm.__init_subclass__`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.actions.base import BotAction
    from bot.actions.forms import TaskForm

FORMS: dict[str, type[TaskForm]] = {}
BUTTONS: dict[tuple[str, str], str] = {}  # (topic, do) of a button → the action or form it runs
PHRASES: list[tuple[str, re.Pattern[str], str]] = []  # (topic, or "" for any; words; the action or form they run)
ANYWHERE: list[tuple[re.Pattern[str], str]] = []  # (words; the action they run), inside a form too
ACTIONS: dict[str, type[BotAction]] = {}  # by name
STARTERS: dict[str, str] = {}  # action that asks for what a form needs → the form it then starts
NARROWING: dict[str, re.Pattern[str]] = {}  # topic of a search → short words that narrow its last list


NO_QUESTION = r"^(?!.*(?:怎么|咋|如何|怎样|什么|啥|哪|多少|多久|吗|能不能|可不可以|[?？]))"
"""Put before a pattern of `phrases`: an order to do it, not a question how."""


def run_by_words(topic: str, text: str) -> str | None:
    """The action or form that a message of that topic runs by its words, if any."""
    return next((runs for of, words, runs in PHRASES if of in ("", topic) and words.search(text)), None)


def run_anywhere(text: str, form: str | None) -> str | None:
    """The action that a message runs by its words wherever it comes, if any. `form`: the running one."""
    for words, runs in ANYWHERE:
        within = ACTIONS[runs].within if runs in ACTIONS else None
        if (within is None or form in within) and words.search(text):
            return runs
    return None


def form_of(name: str) -> type[TaskForm] | None:
    return FORMS.get(name)


def slots_of(name: str) -> list[str]:
    """Names of the slots a form fills."""
    form = FORMS.get(name)
    return [field.name for field in form.all_fields()] if form else []


def form_started_by(topic: str) -> str | None:
    """The form that a topic starts, if any."""
    return next((name for name, form in FORMS.items() if form.start_topic == topic), None)
