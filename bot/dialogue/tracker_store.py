"""The tracker store: the current session of a sender in one row, at constant cost for years.

Stock stores keep a sender's whole life and replay it at every message. Here a row holds the slots, the active
loop and the last turns only; finished turns are in the transcript (`bot.services.transcript`).
A storage fault is an error, never silence: there is no fail-safe store around this one.

Inside `turn` a session is read once and written once, when the whole message has been worked through: a process
killed in the middle leaves the session as it was, and the message sent again finds it so.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet
from rasa.shared.core.events import deserialise_events as read_events
from rasa.shared.core.trackers import DialogueStateTracker

from bot.services.sessions import SessionService

KEEP_EVENTS = 60  # events kept when a session is cut; a turn is about 6 events
CUT_ABOVE = 150


@dataclass
class _Held:
    """A sender's session while a message is worked through."""

    tracker: DialogueStateTracker | None
    changed: bool = False


class SessionTrackerStore(TrackerStore):  # type: ignore[misc]
    def __init__(self, domain: Domain | None, sessions: SessionService) -> None:
        super().__init__(domain)
        self._sessions = sessions
        self._held: dict[str, _Held] = {}

    @asynccontextmanager
    async def turn(self, sender_id: str) -> AsyncIterator[None]:
        """One message of one sender (the caller sees to that): written at the end, and not if it fails."""
        held = _Held(await self._read(sender_id))
        self._held[sender_id] = held
        try:
            yield
        finally:
            del self._held[sender_id]
        if held.changed and held.tracker is not None:
            await self._write(held.tracker)

    async def save(self, tracker: DialogueStateTracker) -> None:
        held = self._held.get(tracker.sender_id)
        if held is None:
            await self._write(tracker)
        else:
            held.tracker, held.changed = tracker, True

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        held = self._held.get(sender_id)
        return await self._read(sender_id) if held is None else held.tracker

    async def _write(self, tracker: DialogueStateTracker) -> None:
        events = list(tracker.events)
        if len(events) > CUT_ABOVE:
            events = _cut(tracker, events)
        state = json.dumps([_slim(e.as_dict()) for e in events], ensure_ascii=False)
        await self._sessions.save(tracker.sender_id, state)

    async def _read(self, sender_id: str) -> DialogueStateTracker | None:
        state = await self._sessions.load(sender_id)
        if state is None:
            return None
        return DialogueStateTracker.from_events(
            sender_id, evts=read_events(json.loads(state)), slots=self.domain.slots, domain=self.domain
        )

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        return await self.retrieve(conversation_id)

    async def keys(self) -> Iterable[str]:
        return await self._sessions.senders()

    async def delete(self, sender_id: str) -> None:
        held = self._held.get(sender_id)
        if held is not None:
            held.tracker, held.changed = None, False
        await self._sessions.delete(sender_id)


def _cut(tracker: DialogueStateTracker, events: list[Event]) -> list[Event]:
    """The last turns, preceded by the slots and the loop as they stood before them; a running form goes on."""
    # cut before a user turn, with the action_listen that waited for it; slots may stand between the two
    listens = [i for i, e in enumerate(events) if isinstance(e, ActionExecuted) and e.action_name == "action_listen"]
    if not listens:
        return events
    start = next((i for i in listens if i >= len(events) - KEEP_EVENTS), listens[-1])
    before = DialogueStateTracker.from_events(tracker.sender_id, events[:start], slots=tracker.slots.values())
    head: list[Event] = [SlotSet(name, slot.value) for name, slot in before.slots.items() if slot.value is not None]
    if before.active_loop_name:
        head.append(ActiveLoop(before.active_loop_name))
    return head + events[start:]


def _slim(event: dict[str, Any]) -> dict[str, Any]:
    """Without the parts of a parse that nothing reads again."""
    parse = event.get("parse_data")
    if isinstance(parse, dict):
        for name in ("intent_ranking", "topic_ranking", "response_selector", "text_tokens", "matters"):
            parse.pop(name, None)
    return event
