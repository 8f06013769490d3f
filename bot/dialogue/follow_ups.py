"""A short question about the topic just answered: "要钱吗", "外地户口呢" after the health certificate.

By itself it may mean anything; here it is about that topic, and its own line answers it (`data/knowledge/follow_ups.yml`),
not the whole text again. The parse keeps the topic; the keys of the lines go along in the metadata to the answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.actions.hospital import ASKED_ABOUT
from bot.actions.wording import QUESTION
from bot.dialogue.turn import Parse, Turn, is_weak, with_topic
from bot.knowledge.follow_ups import follow_ups, talked_about
from bot.language import normalise

LIFE = 3  # user turns in which a topic can be asked about in few words
LENGTH = 24  # characters of such a question
_TOPIC_OF = {channel: topic for topic, channel in ASKED_ABOUT.items()}
_TOPIC_OF_FORM = {
    "screening_form": "women/screening",
    "alliance_form": "women/what_is",
    "tour_card_form": "culture/tour_card",
}
# said between a question and the next one about the same thing
_PASSING = frozenset(
    ["inform", "affirm", "deny", "thank", "chitchat", "nlu_fallback", "out_of_scope", "greet", "bot_feedback", "stop"]
)

_WHOLE = frozenset({"how", "bankhow"})  # "健康证怎么办" asks for the whole answer


@dataclass(frozen=True)
class Asked:
    """The lines wanted of a topic. `again`: its whole answer was read a moment ago."""

    topic: str
    keys: tuple[str, ...]
    again: bool


def asked_of(tracker: DialogueStateTracker, topic: str) -> Asked | None:
    """The lines that the latest message wants of this topic, if it asks for such."""
    wanted = ((tracker.latest_message.metadata if tracker.latest_message else None) or {}).get("lines")
    if not isinstance(wanted, dict) or wanted.get("topic") != topic:
        return None
    return Asked(topic, tuple(wanted["keys"]), bool(wanted["again"]))


def follow_up(text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker | None) -> Turn | None:
    """The turn of a short question about what is talked about, or of one that names its topic and asks one thing."""
    if text.startswith("/") or str(parse.get("text") or "").startswith("/") or len(text) > LENGTH:
        return None
    folded = normalise(text).text.strip()
    form = tracker.active_loop_name if tracker is not None else None
    if form and not QUESTION.search(folded):
        return None  # an answer to the form
    talked = list(_talked_about(tracker)) if tracker is not None else []
    named = str(parse.get("topic"))
    known = follow_ups().get(named)
    if known is not None and known.is_named(folded) and not is_weak(parse) and named not in talked:
        return _turn(text, parse, metadata, named, again=False)
    for topic in talked:
        turn = _turn(text, parse, metadata, topic, again=True)
        if turn is not None:
            return turn
    return None


def _turn(text: str, parse: Parse, metadata: dict[str, Any], topic: str, *, again: bool) -> Turn | None:
    found = follow_ups()[topic].asked(normalise(text).text)
    if not found or (not again and all(line.key in _WHOLE for line in found)):
        return None
    wanted = {"topic": topic, "keys": [line.key for line in found], "again": again}
    return Turn(text, with_topic(parse, topic), {**metadata, "lines": wanted})


def _talked_about(tracker: DialogueStateTracker) -> Iterator[str]:
    """The topics that a question without a name can be about, the nearest first."""
    form = tracker.active_loop_name
    if form:
        channel = tracker.get_slot("visit_channel") if form == "hospital_form" else None
        topic = _TOPIC_OF.get(str(channel)) or _TOPIC_OF_FORM.get(str(form))
        if form == "callback_form":
            topic = f"bank/{tracker.get_slot('callback_topic')}"
        if topic in follow_ups():
            yield topic
        return
    turns, group = 0, ""
    for event in reversed(tracker.events):
        if isinstance(event, SlotSet) and event.key == "visit_channel" and event.value in _TOPIC_OF:
            if group in ("", "hospital"):
                yield _TOPIC_OF[event.value]
                group = "hospital"
            continue
        if not isinstance(event, UserUttered):
            continue
        turns += 1
        if turns > LIFE:
            return
        said = str((event.parse_data or {}).get("topic"))
        if said in _PASSING:
            continue
        topic = talked_about(said)
        of_bank = said == "find_bank" and group in ("", "bank")
        if topic is None and not of_bank:
            return
        now = "bank" if of_bank else str(topic).partition("/")[0]
        if group and now != group:
            return
        group = now
        if topic is not None:
            yield topic
