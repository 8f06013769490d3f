"""Writing a topic into a message the way Rasa's own classifier and response selector would."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from rasa.shared.nlu.constants import INTENT, RESPONSE_SELECTOR
from rasa.shared.nlu.training_data.message import Message

from bot.nlu import keys

RANKED = 5


def group_of(topic: str) -> str:
    """Rasa's intent of a topic: the group of a retrieval topic (`station/hours` → `station`), else itself."""
    return topic.split("/", 1)[0]


def set_topic(message: Message, ranking: Sequence[tuple[str, float]], labels: Sequence[str]) -> None:
    """Fill topic, intent, their rankings and, for a retrieval topic, the response selector.

    `ranking`: (topic, probability) of every topic that matters, best first, not empty. `labels`: all topics
    of the model. The intent's probability is the sum over its group, so `intent` can be surer than `topic`.
    """
    topic, intent = ranking[0][0], group_of(ranking[0][0])
    sums: dict[str, float] = {}
    for name, probability in ranking:
        sums[group_of(name)] = sums.get(group_of(name), 0.0) + probability
    # The best topic's group leads even where another group's topics together weigh more.
    order = sorted(sums, key=lambda name: (name != intent, -sums[name]))[:RANKED]
    intents = [{"name": name, "confidence": min(1.0, sums[name])} for name in order]
    message.set(INTENT, intents[0], add_to_output=True)
    message.set("intent_ranking", intents, add_to_output=True)
    message.set(keys.TOPIC, topic, add_to_output=True)
    named = [{"name": name, "confidence": probability} for name, probability in ranking[:RANKED]]
    message.set(keys.TOPIC_RANKING, named, add_to_output=True)
    message.set(RESPONSE_SELECTOR, _selector(ranking, labels), add_to_output=True)


def _selector(ranking: Sequence[tuple[str, float]], labels: Sequence[str]) -> dict[str, Any]:
    topic, confidence = ranking[0]
    selector: dict[str, Any] = {"all_retrieval_intents": list(_retrieval_intents(tuple(labels)))}
    if "/" in topic:
        ranked = [
            {"confidence": probability, "intent_response_key": name}
            for name, probability in ranking
            if "/" in name and group_of(name) == group_of(topic)
        ]
        selector[group_of(topic)] = {
            "response": {
                "responses": None,
                "confidence": confidence,
                "intent_response_key": topic,
                "utter_action": f"utter_{topic}",
            },
            "ranking": ranked[:RANKED],
        }
    return selector


@lru_cache(maxsize=8)
def _retrieval_intents(labels: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({group_of(label) for label in labels if "/" in label}))
