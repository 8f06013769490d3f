"""A long session is cut before a turn, with slots and the running form kept."""

from __future__ import annotations

from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet, UserUttered
from rasa.shared.core.slots import AnySlot
from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue.tracker_store import KEEP_EVENTS, _cut


def test_the_cut_keeps_whole_turns_and_the_form() -> None:
    slots = [AnySlot(name, mappings=[{}]) for name in ("turn_count", "requested_slot", "phone")]
    events: list[Event] = [ActiveLoop("dispute_form"), SlotSet("phone", "13712345678")]
    for turn in range(40):  # as the host leaves them: its own slots stand between listening and the next words
        events += [
            UserUttered(f"{turn}"),
            ActionExecuted("dispute_form"),
            ActionExecuted("action_listen"),
            SlotSet("turn_count", turn),
        ]
    tracker = DialogueStateTracker.from_events("A", events, slots=slots)
    kept = _cut(tracker, list(tracker.events))
    again = DialogueStateTracker.from_events("A", kept, slots=slots)
    assert len(kept) <= KEEP_EVENTS + 4
    assert again.active_loop_name == "dispute_form"
    assert again.get_slot("phone") == "13712345678"
    assert again.get_slot("turn_count") == 39
    body = kept[next(i for i, e in enumerate(kept) if isinstance(e, ActiveLoop)) + 1 :]
    assert isinstance(body[0], ActionExecuted)
    assert body[0].action_name == "action_listen"
    assert [e.text for e in body if isinstance(e, UserUttered)][-1] == "39"
