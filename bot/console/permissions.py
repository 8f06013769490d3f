"""Who may do what: one table, asked before every page."""

from __future__ import annotations

ROLE_NAMES = {"seat": "坐席", "editor": "知识编辑", "supervisor": "主管", "auditor": "审计员", "admin": "管理员"}

SEAT, EDITOR, SUPERVISOR, AUDITOR, ADMIN = "seat", "editor", "supervisor", "auditor", "admin"
EVERYONE = frozenset(ROLE_NAMES)
_CALLS = frozenset({SEAT, SUPERVISOR, ADMIN})
_WORDS = frozenset({EDITOR, SUPERVISOR, ADMIN})
_LEADS = frozenset({SUPERVISOR, ADMIN})

PERMISSIONS: dict[str, frozenset[str]] = {
    "own": EVERYONE,  # one's own account
    "desk.use": frozenset({SEAT, EDITOR, SUPERVISOR, ADMIN}),
    "guided.use": frozenset({SEAT, EDITOR, SUPERVISOR, ADMIN}),
    "guided.edit": _WORDS,
    "tasks.do": _CALLS,
    "people.view": _CALLS,
    "people.erase": _LEADS,  # who is known by phone only cannot ask for it in chat
    "tickets.view": frozenset({SEAT, SUPERVISOR, AUDITOR, ADMIN}),
    "tickets.work": _CALLS,
    "tickets.bulk": _LEADS,
    "tickets.export": _LEADS,
    "bookings.view": frozenset({SEAT, SUPERVISOR, AUDITOR, ADMIN}),
    "bookings.work": _CALLS,
    "bookings.capacity": _LEADS,
    "conversations.view": _CALLS,
    "conversations.take": _CALLS,
    "conversations.oversee": _LEADS,  # read a talk that another seat has or had, give it back to the bot
    "review.record": frozenset({SEAT, EDITOR, SUPERVISOR, ADMIN}),
    "review.work": _WORDS,
    "knowledge.view": EVERYONE,
    "knowledge.edit": _WORDS,
    "knowledge.approve": _WORDS,
    "reference.view": frozenset({SEAT, EDITOR, SUPERVISOR, ADMIN}),
    "reference.edit": _WORDS,
    "safety.view": _LEADS | {AUDITOR},
    "safety.work": _LEADS,
    "selection.view": _LEADS | {AUDITOR},
    "selection.work": _LEADS,
    "dashboard.view": frozenset({EDITOR, SUPERVISOR, AUDITOR, ADMIN}),
    "audit.view": frozenset({AUDITOR, ADMIN}),
    "staff.view": frozenset({AUDITOR, ADMIN}),
    "staff.manage": frozenset({ADMIN}),
}


def may(role: str, permission: str) -> bool:
    """KeyError for a permission that is not in the table: a page nobody thought about is nobody's."""
    return role in PERMISSIONS[permission]
