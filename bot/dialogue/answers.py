"""Answers: the trained domain's responses, overlaid by those edited and approved in the console (Rasa NLG)."""

from __future__ import annotations

import copy
from typing import Any

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.trackers import DialogueStateTracker

from bot.services import Services


class EditableAnswers(TemplatedNaturalLanguageGenerator):  # type: ignore[misc]
    """Looks into the approved edits first (kept in memory, refreshed by `put`), then into the domain."""

    def __init__(self, services: Services) -> None:
        super().__init__({})
        self._services = services
        self.edits: dict[str, dict[str, Any]] = {}

    def put(self, topic: str, answer: dict[str, Any] | None) -> None:
        """Make an approved edit live at once; None goes back to the answer in data/nlu."""
        if answer is None:
            self.edits.pop(topic, None)
        else:
            self.edits[topic] = answer

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        edited = self.edits.get(utter_action.removeprefix("utter_"))
        if edited is not None:
            return copy.deepcopy(edited)
        answer: dict[str, Any] | None = await super().generate(
            utter_action, tracker, output_channel, **kwargs
        )
        return answer
