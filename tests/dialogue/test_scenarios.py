"""Whole conversations, each turn checked. Format: see scenarios/README.md; what they are for: coverage.yml."""

from __future__ import annotations

from typing import Any

import pytest

from bot.actions.base import BotAction
from bot.dialogue.answers import EditableAnswers
from bot.dialogue.endpoint import InProcessEndpoint
from tests.dialogue.conftest import Talk
from tests.dialogue.coverage import wanted_actions
from tests.dialogue.talks import check, said_in, scenarios


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Names of the actions that were run and of the answers that were given (without the topic's key)."""
    names: set[str] = set()
    request, make, generate = InProcessEndpoint.request, BotAction.__init__, EditableAnswers.generate

    async def run(self: InProcessEndpoint, **call: Any) -> Any:
        names.add((call.get("json") or {})["next_action"])
        return await request(self, **call)

    def made(self: BotAction, *args: Any) -> None:
        names.add(self.action_name)  # made to be run by the way, inside a form
        make(self, *args)

    async def generated(self: EditableAnswers, name: str, *args: Any, **more: Any) -> Any:
        names.add(name.partition("/")[0])
        return await generate(self, name, *args, **more)

    monkeypatch.setattr(InProcessEndpoint, "request", run)
    monkeypatch.setattr(BotAction, "__init__", made)
    monkeypatch.setattr(EditableAnswers, "generate", generated)
    return names


@pytest.mark.parametrize("scenario", scenarios().values(), ids=lambda s: str(s["id"]))
async def test_conversation(scenario: dict[str, Any], talk: Talk, ran: set[str]) -> None:
    caught: dict[str, str] = {}
    for number, turn in enumerate(scenario["turns"], 1):
        text, metadata = said_in(turn, caught)
        reply = await talk(text, sender=str(turn.get("as", "A")), **metadata)
        check(turn, reply, caught, f"{scenario['id']} turn {number}: {text!r} → {reply!r}")
    for task, actions in wanted_actions(str(scenario["id"])):
        assert ran & actions or not actions, f"stands for {task!r} but ran none of {sorted(actions)}"
