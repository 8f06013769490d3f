"""Answers: the trained domain's responses, overlaid by those edited and approved in the console (Rasa NLG)."""

from __future__ import annotations

import asyncio
import copy
import logging
from typing import Any

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.trackers import DialogueStateTracker

from bot.services import Services

logger = logging.getLogger(__name__)

PAUSE = 0.7  # seconds between two looks for newly approved answers


class EditableAnswers(TemplatedNaturalLanguageGenerator):  # type: ignore[misc]
    """Looks into the approved edits first (kept in memory, refreshed by `put`), then into the domain."""

    def __init__(self, services: Services) -> None:
        super().__init__({})
        self._services = services
        self.edits: dict[str, dict[str, Any]] = {}
        self._counter = -1

    def use(self, services: Services) -> None:
        """Read the approved edits of other services from now on; those of the former are forgotten."""
        self._services, self._counter = services, -1
        self.edits = {}

    def put(self, topic: str, answer: dict[str, Any] | None) -> None:
        """Make an approved edit live at once; None goes back to the answer in data/nlu."""
        if answer is None:
            self.edits.pop(topic, None)
        else:
            self.edits[topic] = answer

    async def refresh(self, services: Services | None = None) -> None:
        """Take in what was approved since the last look, in whatever process; `services`: other ones from now on."""
        if services is not None and services is not self._services:
            self._services, self._counter = services, -1
        knowledge = self._services.knowledge
        counter = await knowledge.counter()
        if counter == self._counter:
            return
        live = await knowledge.live()
        self.edits = {}
        for topic, row in live.items():
            self.put(topic, {"text": row.text, "buttons": row.buttons})
        self._counter = counter

    async def keep_fresh(self, pause: float = PAUSE) -> None:
        """Refresh until cancelled; a database away for a moment is asked again."""
        while True:
            try:
                await self.refresh()
            except Exception as error:
                logger.error("approved answers could not be read: %s", type(error).__name__)
            await asyncio.sleep(pause)

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        edited = self.edits.get(utter_action.removeprefix("utter_"))
        if edited is not None:
            return copy.deepcopy(edited)
        answer: dict[str, Any] | None = await super().generate(utter_action, tracker, output_channel, **kwargs)
        return answer
