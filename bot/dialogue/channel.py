"""Where Rasa leaves its messages for one turn."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import OutputChannel


class TurnOutput(OutputChannel):  # type: ignore[misc]
    """Collects the replies of one turn as they are, marks included (`ask`)."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        return "nuanxin"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        kept = {k: message[k] for k in ("text", "image", "buttons", "custom", "ask") if message.get(k)}
        if message.get("utter_action"):
            kept["answer"] = str(message["utter_action"]).removeprefix("utter_")
        if kept:
            self.messages.append(kept)
