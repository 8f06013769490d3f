"""What must happen although nobody says anything: offers that lapse, talks that staff left, old deliveries.

Every replica may run it; each job is safe to run at the same time elsewhere.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.services import Services

logger = logging.getLogger(__name__)

PAUSE = 30.0  # seconds between two rounds
FIRST = 3.0  # seconds until the first one: whoever wrote while we were away is answered before


def jobs(services: Services) -> dict[str, Callable[[], Awaitable[object]]]:
    """The jobs of one round, by name."""
    return {
        "hospital offers": services.hospital.tick,
        "idle talks": services.handoff.close_idle,
        "late tickets": services.tickets.escalate,
        "old deliveries": services.inbox.expire,
        "old log-ins": services.staff.keep_house,
        "hours of the dashboard": services.dashboard.count_hours,
    }


async def keep_house(services: Services) -> list[str]:
    """One round; the names of jobs that failed. A failure is logged and does not stop the others."""
    failed: list[str] = []
    for name, job in jobs(services).items():
        try:
            await job()
        except Exception as error:
            # whatever broke one job (a database away for a moment) the next round tries again
            logger.error("housekeeping, %s: %s", name, type(error).__name__)
            failed.append(name)
    return failed


async def keep_house_for_ever(services: Services, pause: float = PAUSE) -> None:
    """Rounds until cancelled."""
    await asyncio.sleep(min(FIRST, pause))
    while True:
        await keep_house(services)
        await asyncio.sleep(pause)
