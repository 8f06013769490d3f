"""接诉即办: by which day a ticket should have been answered and finished.

These are the operator's own working-day marks; no law and no public promise fixes them, so the bot
tells them to a worker as marks of this system only. The clock stands still while the ticket waits for the worker.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.language import add_workdays, next_workday


@dataclass(frozen=True)
class DisputeClock:
    """Working days from the day after a ticket came in."""

    contact_workdays: int = 1
    finish_workdays: int = 5

    def contact_due(self, received: date) -> date:
        return add_workdays(received, self.contact_workdays)

    def finish_due(self, received: date) -> date:
        return add_workdays(received, self.finish_workdays)


def workdays_between(start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; 0 when `end` is not later."""
    count, day = 0, next_workday(start)
    while day <= end:
        count += 1
        day = next_workday(day)
    return count


def after_waiting(due: date, waiting_since: date, now: date) -> date:
    """The mark `due`, moved by the working days that the ticket stood still."""
    return add_workdays(due, workdays_between(waiting_since, now))
