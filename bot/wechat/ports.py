"""What the channel needs of the dialogue; `bot.dialogue.host.DialogueHost` is it."""

from __future__ import annotations

from typing import Any, Protocol


class Host(Protocol):
    async def handle(
        self, sender: str, text: str, *, metadata: dict[str, Any] | None = None, key: str | None = None
    ) -> list[dict[str, Any]]:
        """One message → the replies in Rasa's shape (text, image, buttons, custom).

        sender: ``wx:<openid>``. metadata: `location` {lat, lng, label} GCJ-02; `image_url`; `event`
        (``subscribe``, ``CLICK:<topic>``); `choice` (which button of the last reply, 1 = first). key: of the
        inbound message; a second call with it finds its own work. Raises when it cannot answer.
        """

    async def parse(self, text: str) -> dict[str, Any]:
        """The understanding of one text: Rasa's parse plus `topic`."""

    async def forget(self, sender: str) -> None:
        """Drop the dialogue session of an erased person."""
