"""One message as Rasa shall see it: its parse, how a topic is put into it, and what a payload stands for."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

Parse = dict[str, Any]


@dataclass(frozen=True)
class Turn:
    """One message as Rasa shall see it."""

    text: str
    parse: Parse
    metadata: dict[str, Any] = field(default_factory=dict)


def with_topic(parse: Parse, topic: str, confidence: float = 1.0) -> Parse:
    """A copy of the parse whose topic is `topic`; retrieval intents get Rasa's group and response_selector."""
    changed = dict(parse)
    group, _, key = topic.partition("/")
    changed["topic"] = topic
    changed["intent"] = {"name": group, "confidence": confidence}
    if key:
        changed["intent"]["full_retrieval_intent_name"] = topic
        selected = {
            "intent_response_key": topic,
            "confidence": confidence,
            "utter_action": f"utter_{topic}",
            "responses": [],
        }
        changed["response_selector"] = {
            "all_retrieval_intents": [group],
            group: {
                "response": selected,
                "ranking": [{"intent_response_key": topic, "confidence": confidence}],
            },
        }
    return changed


def read_payload(text: str) -> tuple[str, dict[str, Any]] | None:
    """`/topic` or `/topic{"entity": value}` → (topic, entities); None when the text is no payload.

    `/topic:word` is a button that wants more than its topic says: {"do": "word"} (see `BotAction.buttons`).
    """
    asked = re.fullmatch(r"/([a-z_]+(?:/[a-z_]+)?):([a-z_]+)", text.strip())
    if asked:
        return asked[1], {"do": asked[2]}
    match = re.fullmatch(r"/([a-z_]+(?:/[a-z_]+)?)\s*(\{.*\})?", text.strip(), re.DOTALL)
    if not match:
        return None
    entities: Any = {}
    if match[2]:
        try:
            entities = json.loads(match[2])
        except json.JSONDecodeError:
            return None
    return match[1], entities if isinstance(entities, dict) else {}


def from_payload(text: str, topic: str, values: dict[str, Any]) -> Parse:
    """The parse of a payload; `do` says what a button wants beyond its topic, and is no entity."""
    given = {name: value for name, value in values.items() if name != "do"}
    entities = [{"entity": name, "value": value, "extractor": "payload"} for name, value in given.items()]
    return with_topic({"text": text, "entities": entities, "intent_ranking": [], "do": values.get("do")}, topic)


def turns_since(tracker: DialogueStateTracker, mark: Any) -> int:
    """User turns since the turn number kept in a slot."""
    count = tracker.get_slot("turn_count") or 0
    return int(count) - int(mark or 0)


def as_meant(unclear: dict[str, Any], topic: str, metadata: dict[str, Any]) -> Turn:
    """The message that was not understood, now with the topic that the rider chose for it: nothing is said twice."""
    return Turn(str(unclear["text"]), with_topic({"intent_ranking": [], **unclear}, topic), metadata)


def is_weak(parse: Parse) -> bool:
    topic = str(parse.get("topic"))
    confidence = float((parse.get("intent") or {}).get("confidence") or 0)
    return topic in ("inform", "deny", "nlu_fallback", "chitchat") or confidence < 0.5


def last_topic(tracker: DialogueStateTracker) -> str:
    """The topic of the message before this one; empty when there was none."""
    last = next((e for e in reversed(tracker.events) if isinstance(e, UserUttered)), None)
    return str((last.parse_data or {}).get("topic")) if last else ""
