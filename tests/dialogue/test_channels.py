"""A conversation of each initiative over Rasa's REST channel and in the terminal, with the demo data."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

import bot.app
from bot import chat
from bot.dialogue.host import DialogueHost
from bot.services import Services
from bot.settings import Settings
from bot.web import rest
from bot.web.keys import HOST, SERVICES, SETTINGS
from tests.dialogue.talks import check, plain, said_in, scenarios

ROWS = {
    1: "suggestion_by_number_and_taken_back",
    2: "dispute_all_at_once",
    3: "freight_plating",
    4: "safety_quiz",
    5: "drinks_summer_and_repair",
    6: "hospital_outpatient",
    7: "school_what_if",
    8: "call_back_of_the_bank",
    9: "fitness_test_registered_seen_taken_back",
    10: "alliance_left",
    0: "overall_menu",
}
# in the terminal the clock is the real one and there is one person
IN_THE_TERMINAL = {
    1: "station_by_village_and_service",
    2: "dispute_one_by_one",
    3: "freight_passage_unknown",
    4: "safety_quiz",
    5: "drinks_summer_and_repair",
    6: "hospital_free_clinic",
    7: "school_what_if",
    8: "bank_harbor_with_charging",
    9: "culture_discounts",
    10: "screening_with_a_bare_age",
    0: "overall_menu",
}


@pytest_asyncio.fixture
async def address(host: DialogueHost, bot_services: Services) -> AsyncIterator[str]:
    app = web.Application()
    app[SETTINGS] = Settings(
        database_url="sqlite+aiosqlite:///unused",
        secret_key="another secret of the tests, long enough",
        api_token="secret of the tests",
    )
    app[SERVICES], app[HOST] = bot_services, host
    app.add_routes(rest.routes)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/webhooks/rest/webhook"
    await runner.cleanup()


@pytest.mark.parametrize("initiative", ROWS)
async def test_over_rest(address: str, initiative: int) -> None:
    caught: dict[str, str] = {}
    async with aiohttp.ClientSession(headers={"Authorization": "Bearer secret of the tests"}) as session:
        for number, turn in enumerate(scenarios()[ROWS[initiative]]["turns"], 1):
            text, metadata = said_in(turn, caught)
            body = {"sender": turn.get("as", "A"), "message": text, "metadata": metadata, "message_id": str(number)}
            async with session.post(address, json=body) as response:
                assert response.status == 200
                replies: list[dict[str, Any]] = await response.json()
            lines = [str(r.get("text") or "") for r in replies]
            lines += [button["title"] for r in replies for button in r.get("buttons") or []]
            check(turn, "\n".join(lines), caught, f"turn {number}: {text!r} → {lines!r}")
            assert {r["recipient_id"] for r in replies} == {body["sender"]}


async def test_in_the_terminal(
    loaded_host: DialogueHost,
    reference_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One sitting: everything of each initiative, "/重来" between them."""
    waiting: list[str] = []
    wanted: list[tuple[dict[str, Any], str]] = []
    for name in IN_THE_TERMINAL.values():
        turns = scenarios()[name]["turns"]
        wanted += [(turn, name) for turn in turns]
        waiting += [*(str(turn["user"]) for turn in turns), "/重来"]
    replies: list[str] = []

    def ask() -> str | None:
        replies.append(capsys.readouterr().out)
        return waiting.pop(0) if waiting else "/退出"

    def host_of(services: Services) -> DialogueHost:
        loaded_host.use(services)
        return loaded_host

    monkeypatch.setattr(chat, "_ask", ask)
    monkeypatch.setattr(bot.app, "make_host", host_of)
    monkeypatch.setattr("bot.dialogue.models.newest_model", lambda _: None)
    monkeypatch.setattr(DialogueHost, "load", lambda *_: None)
    await chat.chat(Settings(database_url=reference_url, secret_key="a secret of the tests, long enough to be one"))
    said = [reply for reply in replies[1:] if plain(reply)]
    assert len(said) == len(wanted)
    for (turn, name), reply in zip(wanted, said, strict=True):
        check(turn, reply, {}, f"{name}: {turn['user']!r} → {reply!r}")
