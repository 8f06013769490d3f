"""A short question about the topic just answered: "要钱吗", "外地户口呢" after the health certificate.

By itself it may mean anything; here it is about that topic, and its own line answers it (`data/knowledge/follow_ups.yml`),
not the whole text again. The parse keeps the topic; the keys of the lines go along in the metadata to the answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.actions.hospital import ASKED_ABOUT
from bot.actions.wording import QUESTION
from bot.dialogue.turn import Parse, Turn, is_weak, with_topic
from bot.knowledge.follow_ups import MOST, Line, follow_ups, talked_about
from bot.language import find_numbers, normalise
from bot.services.errors import Invalid
from bot.services.women import age_band

LIFE = 3  # user turns in which a topic can be asked about in few words
LENGTH = 24  # characters of such a question
SURE = 0.8  # how sure the understanding must be of a task that is no follow-up
LONGEST = 60  # of one that names its topic
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

# what is asked about one's own booking, ticket or record
_OWN = frozenset(
    ["booking_status", "cancel_booking", "reschedule_booking", "dispute_status", "withdraw_dispute", "my_safety_record"]
)
_PLACE = "hospital/location"
_CLAUSES = re.compile(r"[\s，,。；;！!？?]+")
_AGE = re.compile(
    r"(\d{2}|[二三四五六七八九]?十[一二三四五六七八九]?)多?\s*(?:周)?岁"
    r"|(?<=[妈婆妇姐妹我年都快满])(\d{2}|[二三四五六七八九]?十[一二三四五六七八九]?)(?:周?岁|(?![\d号点月年天个百千万块元周岁]))"
)
_FOR_HER = re.compile(
    r"(?:给|帮|替)(?:我)?(?:妈|老妈|婆婆|老婆|媳妇|爱人|姐|妹|丈母娘|岳母|姨|姑|女儿).{0,4}(?:报|查|登记)"
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
    if text.startswith("/") or str(parse.get("text") or "").startswith("/") or len(text) > LONGEST:
        return None
    folded = normalise(text).text.strip()
    form = tracker.active_loop_name if tracker is not None else None
    if form and not QUESTION.search(folded):
        return None  # an answer to the form
    talked = list(_talked_about(tracker)) if tracker is not None else []
    if "women/screening" in talked and not form and _FOR_HER.search(folded) and not QUESTION.search(folded):
        return Turn(text, with_topic(parse, "book_screening"), metadata)
    named = str(parse.get("topic"))
    if not form and named in follow_ups() and not is_weak(parse) and named not in talked:
        turn = _named(text, parse, metadata, named) if len(parse.get("matters") or ()) < 2 else None
        if turn is not None:
            return turn
    if _is_task(parse, folded):
        return None
    for topic in talked if len(text) <= LENGTH else ():
        turn = _turn(text, parse, metadata, topic, [line.key for line in asked(topic, folded)], again=True)
        if turn is not None:
            return turn
    return None


def _is_task(parse: Parse, folded: str) -> bool:
    """What is surely a task, a yes or a no ("喝水", "是我本人", "我报的筛查哪天做"): no question about a topic."""
    topic, sure = str(parse.get("topic")), float((parse.get("intent") or {}).get("confidence") or 0) >= SURE
    if not sure or "/" in topic or topic in ("inform", "out_of_scope", "nlu_fallback", "chitchat", "help"):
        return False
    return topic in _OWN or not QUESTION.search(folded)


def _named(text: str, parse: Parse, metadata: dict[str, Any], topic: str) -> Turn | None:
    """A question that names its topic: the lines for what its clauses ask, and the whole after them."""
    folded = normalise(text).text
    if not follow_ups()[topic].is_named(folded):
        return None
    clauses = [folded, *(_CLAUSES.split(folded) if len(_CLAUSES.split(folded.strip())) > 1 else ())]
    found = [line.key for clause in clauses for line in asked(topic, clause)]
    keys = [
        key
        for key in dict.fromkeys(found)
        if not (key in _WHOLE and topic.startswith(("hospital/", "bank/", "women/")))
    ]
    return _turn(text, parse, metadata, topic, keys[:MOST], again=False)


def _turn(
    text: str, parse: Parse, metadata: dict[str, Any], topic: str, keys: Sequence[str], *, again: bool
) -> Turn | None:
    if not keys:
        return None
    wanted = {"topic": topic, "keys": list(keys), "again": again}
    return Turn(text, with_topic(parse, topic), {**metadata, "lines": wanted})


def asked(topic: str, text: str) -> tuple[Line, ...]:
    """The lines of the topic that a text asks for; an age is seen by its band."""
    return follow_ups()[topic].asked(_AGE.sub(_band, text) if topic == "women/screening" else text)


def _band(found: re.Match[str]) -> str:
    numbers = find_numbers(found[1] or found[2])
    try:
        return f"〈{age_band(int(numbers[0].low))}〉" if numbers else found[0]
    except Invalid:
        return found[0]


def way_beside(turn: Turn, tracker: DialogueStateTracker | None) -> list[Turn]:
    """ "…挂号要钱不 怎么去": the way, asked beside another question about the hospital."""
    topic = str(turn.parse.get("topic"))
    if not topic.startswith("hospital/") or topic == _PLACE or (tracker is not None and tracker.active_loop_name):
        return []
    clauses = _CLAUSES.split(normalise(turn.text).text.strip())
    keys = [line.key for clause in clauses for line in asked(_PLACE, clause)] if len(clauses) > 1 else []
    beside = _turn(turn.text, turn.parse, turn.metadata, _PLACE, list(dict.fromkeys(keys))[:MOST], again=True)
    return [beside] if beside else []


def _talked_about(tracker: DialogueStateTracker) -> Iterator[str]:
    """The topics that a question without a name can be about, the nearest first."""
    topics = list(dict.fromkeys(_lately(tracker)))
    yield from topics
    if not tracker.active_loop_name and topics and topics[0].startswith("hospital/") and _PLACE not in topics:
        yield _PLACE


def _lately(tracker: DialogueStateTracker) -> Iterator[str]:
    form = tracker.active_loop_name
    if form:
        channel = tracker.get_slot("visit_channel") if form == "hospital_form" else None
        topic = _TOPIC_OF.get(str(channel)) or _TOPIC_OF_FORM.get(str(form))
        if form == "callback_form":
            topic = f"bank/{tracker.get_slot('callback_topic')}"
        if topic is not None and topic in follow_ups():
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
