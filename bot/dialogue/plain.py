"""Channels that cannot push (REST, terminal): what waits for a person comes with the next reply.

While a human has the talk the bot is silent here too; only an emergency or a crisis is answered all the same.
"""

from __future__ import annotations

from typing import Any, Protocol

from bot.dialogue.danger_words import is_danger
from bot.services import Services

SAFETY = frozenset({"emergency", "crisis"})


class Talks(Protocol):
    """What is needed of `bot.dialogue.host.DialogueHost`."""

    async def handle(
        self, sender: str, text: str, *, metadata: dict[str, Any] | None = None, key: str | None = None
    ) -> list[dict[str, Any]]:
        """One message → the replies."""

    async def parse(self, text: str) -> dict[str, Any]:
        """The understanding of one text, with `topic`."""


async def converse(
    host: Talks,
    services: Services,
    sender: str,
    text: str,
    *,
    metadata: dict[str, Any] | None = None,
    key: str | None = None,
) -> list[dict[str, Any]]:
    """One inbound message → what the person reads: notices that have waited, then the replies (none from the
    bot while a human has the talk). Raises what the host raises.
    """
    person = await services.people.find(sender)
    if person is None:
        return await host.handle(sender, text, metadata=metadata, key=key)
    notices = [_message(row.text, row.buttons) for row in await services.outbox.take_due(person.id)]
    if await services.handoff.is_silent(person.id):
        await services.handoff.hear(person.id, _for_staff(text, metadata or {}), key=key)
        if (await host.parse(text)).get("topic") not in SAFETY and not is_danger(text):
            return notices
    return [*notices, *await host.handle(sender, text, metadata=metadata, key=key)]


def _message(text: str, buttons: list[Any] | None) -> dict[str, Any]:
    shown = [{"title": title, "payload": payload} for title, payload in buttons or ()]
    return {"text": text, "buttons": shown} if shown else {"text": text}


def _for_staff(text: str, metadata: dict[str, Any]) -> str:
    """The message in words, for whoever has the talk."""
    parts = [text]
    if metadata.get("image_url"):
        parts.append(f"（图片）{metadata['image_url']}")
    if metadata.get("location"):
        parts.append(f"（位置）{metadata['location'].get('label') or ''}")
    return " ".join(part for part in parts if part)
