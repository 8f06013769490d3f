"""The states of a dispute ticket and who may move it where."""

from __future__ import annotations

from bot.services.errors import Invalid, WrongState

TRANSITIONS: dict[str, frozenset[str]] = {
    "received": frozenset({"assigned", "in_progress", "closed", "withdrawn"}),
    "assigned": frozenset({"assigned", "in_progress", "waiting", "closed", "withdrawn"}),
    "in_progress": frozenset({"assigned", "waiting", "resolved", "closed", "withdrawn"}),
    "waiting": frozenset({"assigned", "in_progress", "resolved", "closed", "withdrawn"}),
    "resolved": frozenset({"in_progress", "closed"}),
    "closed": frozenset(),
    "withdrawn": frozenset(),
}
"""state → states it may go to. "withdrawn" is the worker's alone."""

OPEN = frozenset({"received", "assigned", "in_progress", "waiting"})
FINAL = frozenset({"closed", "withdrawn"})
REASON_NEEDED = frozenset({"waiting", "resolved", "closed"})


def check_move(state: str, to: str, reason: str) -> None:
    """WrongState when `state` does not lead to `to`; Invalid when the move needs a reason and has none."""
    if to not in TRANSITIONS[state]:
        raise WrongState(state)
    reopened = state == "resolved" and to == "in_progress"
    if (to in REASON_NEEDED or reopened) and not reason.strip():
        raise Invalid("reason", "要写明原因")
