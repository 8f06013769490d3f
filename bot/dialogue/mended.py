"""A correction after a ticket was made: "金额写错了 是6000", "手机号换成 137…", "老板今天发了两千 还剩两千"."""

from __future__ import annotations

from typing import Any

from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.actions.ticket_mended import LENGTH, kind, lacks_value
from bot.actions.wording import QUESTION
from bot.dialogue.aftermath import MORE_LIFE, told_after_ticket
from bot.dialogue.turn import Parse, Turn, turns_since, with_topic

_RUNS = "action_mend_ticket"
VALUE_LENGTH = 24  # characters of a value said alone


def mends_ticket(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """What the ticket that was just made or shown says wrongly; the right value may follow by itself."""
    number = tracker.get_slot("ticket_number")
    if tracker.active_loop_name or not number or text.startswith("/") or len(text) > LENGTH:
        return None
    if str(parse.get("text") or "").startswith("/") or not _is_shown(tracker):
        return None
    entities = list(parse.get("entities") or [])
    asked = _asked_back(tracker)
    if asked and kind(text) is None and len(text) <= VALUE_LENGTH and not QUESTION.search(text):
        lead = f"{asked} 是"
        kinds = {e.get("entity") for e in entities}
        if kinds & {"amount", "phone", "employer"} or (lacks_value(asked) and not lacks_value(lead + text)):
            moved = [
                {**e, "start": e["start"] + len(lead), "end": e["end"] + len(lead)}
                if isinstance(e.get("start"), int)
                else e
                for e in entities
            ]
            text, entities = lead + text, moved
    if kind(text) is None or (kind(text) in ("paid", "left") and QUESTION.search(text)):
        return None
    if kind(text) == "left" and (turn := told_after_ticket(text, parse, metadata, tracker)) is not None:
        return turn  # the place and the time are being asked for: the form takes it with them
    entities = [*entities, {"entity": "ticket_no", "value": number, "extractor": "payload"}]
    return Turn(
        text,
        with_topic({**parse, "text": text, "entities": entities}, "inform"),
        {**metadata, "about": "supplement_dispute", "runs": _RUNS},
    )


def _is_shown(tracker: DialogueStateTracker) -> bool:
    return any(
        choice.get("payload") == "/supplement_dispute" and turns_since(tracker, choice.get("turn")) <= MORE_LIFE
        for choice in tracker.get_slot("last_choices") or ()
    )


def _asked_back(tracker: DialogueStateTracker) -> str | None:
    """What the rider said was wrong in the message before, when the right value was asked for."""
    last = next((e for e in reversed(tracker.events) if isinstance(e, UserUttered)), None)
    if last is None or (last.metadata or {}).get("runs") != _RUNS or not lacks_value(str(last.text or "")):
        return None
    return str(last.text)
