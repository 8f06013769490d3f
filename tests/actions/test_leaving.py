"""Leaving a form: what of it is kept, over a new session too."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import dispute  # noqa: F401 (its form is registered on import)
from bot.actions.base import Heard
from bot.actions.leaving import ActionSessionStart, leave_form
from bot.services.clock import SHANGHAI

HEARD = Heard("", "inform", 1.0, [], {}, datetime(2026, 11, 25, 10, tzinfo=SHANGHAI))


def tracker(loop: str | None, **slots: Any) -> Tracker:
    return Tracker("A", slots, {}, [], False, None, {"name": loop} if loop else {}, None)


def slots_of(events: list[dict[str, Any]]) -> dict[str, Any]:
    return {event["name"]: event["value"] for event in events if event["event"] == "slot"}


async def started(before: Tracker) -> dict[str, Any]:
    events = await ActionSessionStart().act(CollectingDispatcher(), before, HEARD)
    assert events[0]["event"] == "session_started"
    assert (events[-1]["event"], events[-1]["name"]) == ("action", "action_listen")
    return slots_of(events)


async def test_a_form_that_runs_waits_in_the_new_session() -> None:
    kept = await started(tracker("dispute_form", employer="蓝马物流", turn_count=7, misses=1))
    assert kept["suspended"]["form"] == "dispute_form"
    assert kept["suspended"]["values"]["employer"] == "蓝马物流"
    assert kept["employer"] == "蓝马物流"
    assert kept["turn_count"] == 7
    assert "misses" not in kept


async def test_what_waited_still_waits_in_the_new_session() -> None:
    waiting = {"form": "dispute_form", "title": "劳动纠纷登记", "values": {"employer": "蓝马物流"}}
    kept = await started(tracker(None, suspended=waiting, employer="蓝马物流", misses=1))
    assert kept == {"suspended": waiting, "employer": "蓝马物流"}


async def test_a_new_session_after_nothing_keeps_nothing_but_the_choices() -> None:
    assert await started(tracker(None, last_choices=[{"title": "帮助"}], misses=2)) == {
        "last_choices": [{"title": "帮助"}]
    }


def test_leaving_for_good_empties_the_form_and_leaves_what_waits_alone() -> None:
    left = slots_of(leave_form(tracker("dispute_form", employer="蓝马物流"), keep=False))
    assert left["employer"] is None
    assert "suspended" not in left
    assert leave_form(tracker(None), keep=True) == []


def test_leaving_for_a_while_keeps_the_values() -> None:
    left = slots_of(leave_form(tracker("dispute_form", employer="蓝马物流"), keep=True))
    assert left["suspended"]["values"]["employer"] == "蓝马物流"
    assert "employer" not in left
