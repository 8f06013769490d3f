"""Custom actions, one module per initiative. `all_actions(services)` makes every one of them with its services.

`rasa run actions --actions bot.actions` finds the same classes by itself.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

from bot.actions.base import BotAction

if TYPE_CHECKING:
    from bot.services import Services


def all_actions(services: Services) -> list[BotAction]:
    """One instance of every concrete action in this package."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    found: dict[str, BotAction] = {}
    queue = list(BotAction.__subclasses__())
    while queue:
        cls = queue.pop()
        queue += cls.__subclasses__()
        action = cls(services)
        if action.name() and action.name() != "validate_":
            found[action.name()] = action
    return list(found.values())
