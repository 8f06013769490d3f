"""Running a trained Rasa model over texts."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.evaluation.data import MOMENT

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")


@dataclass(frozen=True, slots=True)
class Prediction:
    """What `/model/parse` would say. `entities`: (type, surface, value); `milliseconds`: processor time.

    On a quiet core that is what the clock says; on a shared machine the clock would measure the neighbours.
    """

    topic: str
    confidence: float
    decision: str
    safety: str | None
    matters: int
    entities: tuple[tuple[str, str, Any], ...]
    milliseconds: float


def predict(model: Path, texts: Sequence[str], as_served: bool = True, passes: int = 1) -> list[Prediction]:
    """Parse each text with the model, as if it were `MOMENT`. ValueError when the model cannot be loaded.

    `as_served`: with the graph runner of our server, not with Rasa's own. `passes`: over all texts, of which a text's
    shortest time counts, as what other work on the machine adds is no part of it.
    """
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)  # before Rasa's other modules, which else print every text
    from rasa.core import processor
    from rasa.core.agent import Agent
    from rasa.engine.runner.dask import DaskGraphRunner

    from bot.dialogue.graph_runner import OrderedGraphRunner

    processor.DaskGraphRunner = OrderedGraphRunner if as_served else DaskGraphRunner
    agent = Agent.load(str(model))
    if not agent.is_ready():
        raise ValueError(f"{model}: no model that can be loaded")
    return asyncio.run(_predict(agent, texts, passes))


async def _predict(agent: Any, texts: Sequence[str], passes: int) -> list[Prediction]:
    from rasa.core.channels.channel import UserMessage

    def parse(text: str) -> Any:
        return agent.processor.parse_message(UserMessage(text, metadata={"now": MOMENT}))

    for text in texts[:50]:  # the first messages fill caches; nobody waits for them in service either
        await parse(text)
    gc.collect()
    gc.freeze()  # as the server does
    found: list[Prediction] = []
    for number in range(passes):
        for at, text in enumerate(texts):
            begin = time.process_time()
            parsed = await parse(text)
            taken = (time.process_time() - begin) * 1000
            if number == 0:
                found.append(_prediction(text, parsed, taken))
            elif taken < found[at].milliseconds:
                found[at] = replace(found[at], milliseconds=taken)
    return found


def _prediction(text: str, parsed: dict[str, Any], milliseconds: float) -> Prediction:
    intent = parsed["intent"]
    topic, confidence = parsed.get("topic"), intent.get("confidence") or 0.0
    if topic is None:  # a pipeline of Rasa's own components
        topic = _selected(intent.get("name") or "", parsed.get("response_selector", {}))
    else:
        confidence = parsed["topic_ranking"][0]["confidence"]
    entities = tuple(
        (entity["entity"], text[entity["start"] : entity["end"]], entity["value"]) for entity in parsed["entities"]
    )
    return Prediction(
        topic,
        confidence,
        parsed.get("decision", ""),
        parsed.get("safety"),
        len(parsed.get("matters", [])),
        entities,
        milliseconds,
    )


def _selected(intent: str, selectors: dict[str, Any]) -> str:
    """The topic that Rasa's intent and its response selectors make: the likeliest response of that intent.

    A selector for all retrieval intents, as `rasa init` configures it, answers under "default", not under the intent.
    """
    for name in (intent, "default"):
        for response in selectors.get(name, {}).get("ranking", []):
            key = str(response.get("intent_response_key"))
            if key.startswith(f"{intent}/"):
                return key
    return intent
