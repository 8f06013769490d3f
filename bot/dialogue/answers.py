"""Answers: the trained domain's responses, overlaid by those edited and approved in the console (Rasa NLG)."""

from __future__ import annotations

import asyncio
import copy
import logging
from typing import Any

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue.follow_ups import Asked, asked_of
from bot.knowledge.follow_ups import lines
from bot.services import Services

logger = logging.getLogger(__name__)

BUTTONS = 2  # of the whole answer that stay under a line of it
UNCOUNTED = "还剩几份没有公布，以三院名额为准，可打 12345 问。"
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
        topic = utter_action.removeprefix("utter_")
        edited = self.edits.get(topic)
        if edited is not None:
            return copy.deepcopy(edited)  # the short lines may say what it no longer says
        answer: dict[str, Any] | None = await super().generate(utter_action, tracker, output_channel, **kwargs)
        asked = asked_of(tracker, topic)
        return (
            await self._line_first(asked, answer, in_form=bool(tracker.active_loop_name))
            if asked and answer
            else answer
        )

    async def _line_first(self, asked: Asked, answer: dict[str, Any], *, in_form: bool) -> dict[str, Any]:
        """The answer with the line for what was asked in front; in its place when the whole was just read."""
        line = lines(asked.topic, asked.keys)
        if "{left}" in line:
            quota = await self._services.hospital.quota("hp_test")
            line = line.replace("{left}", str(quota.left)) if quota.left is not None else UNCOUNTED
        if in_form:
            return {"text": line}  # the form puts its question next
        if not asked.again:
            return {**answer, "text": f"{line}\n\n{answer['text']}"}
        all_of_it = {"title": "全都说说", "payload": f"/{asked.topic}"}
        of_answer = sorted(answer.get("buttons") or [], key=lambda button: f"“{button['title']}”" not in line)
        return {**answer, "text": line, "buttons": [*of_answer[:BUTTONS], all_of_it]}
