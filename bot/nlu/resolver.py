"""Which of the things found are entities of this message.

A rule reads words, the topic says what they are about: 社保 names a dispute when someone wants justice and a
paper when someone asks for a mortgage; 看书 is a service of a station and the purpose of a library.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.language.time_value import PART_NAMES
from bot.nlu import keys
from bot.nlu.found import Found, resolve

_ANSWERS = frozenset({"inform", "affirm", "deny"})  # an answer in a form may name anything a form asks for
_SERVICE_TOPICS = _ANSWERS | {"find_station", "find_drinks", "find_bank", "leave_suggestion", "bank/harbor"}
_DISPUTE_TOPICS = _ANSWERS | {"open_dispute", "dispute_status", "supplement_dispute", "withdraw_dispute"}
_CHANNEL_TOPICS = _ANSWERS | {"book_hospital", "booking_status", "reschedule_booking", "cancel_booking"}
_NO_CHANNEL = frozenset({"hospital/free_clinic"})
# Where 看病 and 挂号 say for which channel; elsewhere they are what a hospital is for, and 门诊 alone names one.
_WANTS_DOCTOR = _ANSWERS | {"book_hospital"}
# 夜里 and 中午 name a time in what is planned; in talk of these they say when it is always so.
_HABITS = frozenset(
    {
        "chitchat",
        "crisis",
        "culture/fitness_test",
        "dispute/expert_mediation",
        "dispute/where",
        "drinks/program",
        "find_drinks",
        "find_station",
        "freight/blue_window",
        "freight/enforcement",
        "freight/plate_window",
        "join_alliance",
        "leave_suggestion",
        "overview/who_is_covered",
        "station/eligibility",
    }
)
_PARTS_OF_DAY = frozenset(PART_NAMES)
_WISHES = frozenset({"earliest", "any", "earlier", "later"})  # 尽快, 都行: an answer, and else no time
# Said of when it was or how long it takes, not of a day.
_VAGUE = re.compile(
    r"当[天日]|天黑|天[不没]亮|过[完了]年|前?[两几]天|前阵子|[一二两三四五六七八九十几\d]+(?:天|日|个?工作日)内"
)
_TELLS_SINCE = _ANSWERS | {"open_dispute", "supplement_dispute"}  # since when, in the rider's words
_ASKS_SERVICE = _ANSWERS | {"find_station", "station/services"}
_NO_DISPUTE = frozenset({"受伤", "走人", "双倍工资"})  # what happened, or what the law gives, unless for a ticket
_COUNTS_ORDERS = frozenset({"check_tour_card", "culture/tour_card"})
# In a suggestion the box and the people are whom it is for, not a service that is wanted.
_NOT_IN_SUGGESTION = frozenset({"suggestion_box", "volunteering"})
_STATION_LIFE = frozenset(
    {
        "rest",
        "water",
        "hot_meal",
        "charging",
        "battery_swap",
        "air_conditioning",
        "toilet",
        "first_aid",
        "rain_gear",
        "tyre_pump",
        "wifi",
        "mother_baby",
        "reading",
        "parking",
    }
)


def _service(item: Found, topic: str) -> bool:
    if topic == "leave_suggestion" and item.value in _NOT_IN_SUGGESTION:
        return False
    if item.value == "rest" and topic not in _ASKS_SERVICE:
        return False  # 进去坐坐 says what for, not what is looked for
    if topic in ("find_drinks", "find_bank", "bank/harbor", "inform"):
        return item.value in _STATION_LIFE and not (topic == "find_bank" and item.value == "parking")
    return topic in _SERVICE_TOPICS or topic.startswith("station/")


def _dispute(item: Found, topic: str) -> bool:
    if item.surface in _NO_DISPUTE and topic not in _ANSWERS | {"open_dispute"}:
        return False
    return topic in _DISPUTE_TOPICS or topic.startswith("dispute/")


def _channel(item: Found, topic: str) -> bool:
    if item.value == "outpatient" and "门" not in item.surface and "門" not in item.surface:
        return topic in _WANTS_DOCTOR
    return topic in _CHANNEL_TOPICS or (topic.startswith("hospital/") and topic not in _NO_CHANNEL)


def _time(item: Found, topic: str) -> bool:
    if item.value in _WISHES:
        return topic in _ANSWERS or topic == "book_screening"
    if _VAGUE.fullmatch(item.surface):
        return topic in _TELLS_SINCE
    if item.value in _PARTS_OF_DAY and topic in _HABITS:
        return False
    return topic not in ("greet", "goodbye")


def _place(item: Found, topic: str) -> bool:
    """Whether 中医院 is the one meant is what is asked, not a place that was named."""
    return topic != "hospital/location" or not item.surface.endswith(("院", "醫院"))


def _amount(item: Found, topic: str) -> bool:
    return topic not in _COUNTS_ORDERS


_BELONGS: dict[str, Callable[[Found, str], bool]] = {
    "service": _service,
    "dispute_type": _dispute,
    "channel": _channel,
    "time": _time,
    "amount": _amount,
    "place": _place,
}


def belongs(item: Found, topic: str | None) -> bool:
    """May a message on this topic speak of the entity? Without a topic every entity stays."""
    rule = _BELONGS.get(item.entity)
    return topic is None or rule is None or rule(item, topic)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class EntityResolver(GraphComponent):  # type: ignore[misc]
    """Makes `entities` of `found`: those that belong to the topic, overlaps settled."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EntityResolver:
        """It has no state."""
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing later trains on what this decides."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the entities of each message that has a text."""
        for message in messages:
            if message.get(TEXT):
                topic = message.get(keys.TOPIC)
                kept = resolve(item for item in message.get(keys.FOUND) or [] if belongs(item, topic))
                message.set(ENTITIES, [item.as_entity() for item in kept], add_to_output=True)
        return messages
