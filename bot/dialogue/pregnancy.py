"""Short messages after an answer on pregnancy at work: "怀了四个月", "我是众包的"."""

from __future__ import annotations

import re
from typing import Any

from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue.turn import Parse, Turn, with_topic

LENGTH = 16  # characters
LIFE = 3  # the rider's messages
_OF_PREGNANCY = frozenset({"action_pregnancy_law", "action_pregnant_riding", "action_pregnancy_more"})
_MORE = re.compile(
    r"(?:怀|才|都|已经|有|快|[一二两三四五六七八九十\d]).{0,3}(?:个?月|周)|怀了|众包|专送|外包|加盟|兼职|自由|没签|签(?:了|的)|合同|协议|哺乳|生完|产假|流产"
)


def more_of_pregnancy(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker) -> Turn | None:
    """More about herself after the law was told: answered with what it changes, and that is little."""
    if tracker.active_loop_name or text.startswith("/") or len(text) > LENGTH or not _MORE.search(text):
        return None
    lately = [event for event in reversed(tracker.events) if isinstance(event, UserUttered)][:LIFE]
    if not any((event.metadata or {}).get("runs") in _OF_PREGNANCY for event in lately):
        return None
    about = {"about": parse.get("topic"), "runs": "action_pregnancy_more"}
    return Turn(text, with_topic(parse, "inform"), {**metadata, **about})
