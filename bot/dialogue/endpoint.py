"""Custom actions in this process: Rasa asks an "endpoint", the endpoint runs the action object."""

from __future__ import annotations

import asyncio
import json as jsonlib
from collections.abc import Iterable
from typing import Any

from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection

ACTION_SECONDS = 4.0  # WeChat waits 5 s for the whole turn


class InProcessEndpoint(EndpointConfig):  # type: ignore[misc]
    """Runs actions through rasa_sdk's executor, without HTTP.

    A rejected form execution becomes a `ClientResponseError` of status 400, the only one Rasa maps back.
    Raises `TimeoutError` when an action takes longer than `timeout` seconds.
    """

    def __init__(self, actions: Iterable[Action], *, timeout: float) -> None:
        super().__init__(url="in-process://actions")
        self.executor = ActionExecutor()
        self.timeout = timeout
        for action in actions:
            self.executor.register_action(action)

    async def request(self, *, json: dict[str, Any] | None = None, **_: Any) -> Any:
        call = json or {}
        try:
            return await asyncio.wait_for(self.executor.run(call), self.timeout)
        except ActionExecutionRejection as rejected:
            body = {"action_name": rejected.action_name, "error": str(rejected)}
            raise ClientResponseError(400, str(rejected), jsonlib.dumps(body)) from rejected
