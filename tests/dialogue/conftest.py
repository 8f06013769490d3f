"""A bot to talk to: the trained model, real actions and services, the demo data, a standing clock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio

from bot.dialogue.host import DialogueHost
from bot.services import Services, build_services
from bot.services.clock import FixedClock
from bot.storage.base import Database

Talk = Callable[..., Awaitable[str]]


@pytest_asyncio.fixture
async def bot_services(reference_db: Database, clock: FixedClock) -> Services:
    return build_services(reference_db, clock)


@pytest_asyncio.fixture
async def host(loaded_host: DialogueHost, bot_services: Services) -> AsyncIterator[DialogueHost]:
    """The host on this test's own database."""
    loaded_host.use(bot_services)
    yield loaded_host


@pytest.fixture
def talk(host: DialogueHost) -> Talk:
    """`await talk("花桥哪里能充电")` → everything the rider sees, choices included, as one text."""

    async def say(text: str, *, sender: str = "A", key: str | None = None, **metadata: Any) -> str:
        replies = await host.handle(sender, text, metadata=metadata, key=key)
        return "\n".join(
            part
            for reply in replies
            for part in [str(reply.get("text") or ""), *(b["title"] for b in reply.get("buttons") or [])]
            if part
        )

    return say
