"""Tickets: the queue. One ticket is in `ticket`, what is done with many at once in `ticket_lists`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from multidict import MultiMapping

from bot.console import seat_words as words
from bot.console.filled import new_key
from bot.console.live import newest, watch
from bot.console.permissions import PERMISSIONS
from bot.console.registry import Staff, page
from bot.console.render import render
from bot.services.errors import NotFound
from bot.services.import_spec import district_names
from bot.services.ticket_queue import DUE, ORDERS, UNFINISHED, QueueCounts, TicketFilter, standing
from bot.storage.disputes import TICKET_STATES, DisputeEvent
from bot.storage.staff import StaffUser
from bot.web.keys import SERVICES

NAMES = ("state", "type", "district", "due", "who", "q", "order", "since")
ME, NOBODY = "me", "nobody"

watch("tickets", newest(DisputeEvent), permission="tickets.view")


class Looking:
    """What of the queue is looked at: the query string, read and written."""

    def __init__(self, query: MultiMapping[Any] | Mapping[str, str]) -> None:
        given = {name: str(query.get(name, "")).replace("\x00", "").strip()[:60] for name in NAMES}
        allowed: dict[str, tuple[str, ...]] = {
            "state": ("all", *TICKET_STATES),
            "type": tuple(words.TICKET_TYPES),
            "district": district_names(),
            "due": DUE,
            "order": ORDERS,
        }
        self.values = {n: v if n not in allowed or v in allowed[n] else "" for n, v in given.items()}
        if _day(given["since"]) is None:
            self.values["since"] = ""
        due, _, place = str(query.get("after", ""))[:40].partition("@")
        known = place.isascii() and place.isdigit() and len(place) < 10 and _day(due) is not None
        self.after = (due, int(place)) if known else None

    def filter(self, me: str) -> TicketFilter:
        value = self.values
        state, who = value["state"], value["who"]
        states = tuple(sorted(UNFINISHED)) if state == "" and not value["q"] else ()
        return TicketFilter(
            states=(state,) if state and state != "all" else states,
            dispute_type=value["type"],
            district=value["district"],
            due=value["due"],
            assigned_to={"": None, ME: me, NOBODY: ""}.get(who, who),
            number=value["q"],
            order=value["order"] or "due",
            since=_day(value["since"]),
        )

    def query(self, **changes: str) -> str:
        """The query string of this view, changed; without the page."""
        return urlencode({n: v for n, v in (self.values | changes).items() if v})

    def here(self) -> str:
        """The query string of this very page."""
        return self.query(**({"after": "@".join(map(str, self.after))} if self.after else {}))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@page("GET", "/console/tickets", permission="tickets.view")
async def tickets(request: web.Request, staff: Staff) -> web.Response:
    looking = Looking(request.query)
    services = request.app[SERVICES]
    kept = await services.kept.of(staff.user.id, "tickets")
    return render(
        request,
        "tickets/tickets.html",
        here="tickets",
        kept=kept,
        words=words,
        district_names=district_names,
        colleagues=await colleagues(request),
        **await listed(request, staff, looking),
    )


@page("GET", "/console/tickets/list", permission="tickets.view")
async def ticket_list(request: web.Request, staff: Staff) -> web.Response:
    found = await listed(request, staff, Looking(request.query))
    return render(request, "tickets/_list.html", words=words, **found)


async def listed(request: web.Request, staff: Staff, looking: Looking) -> dict[str, Any]:
    """What the list shows."""
    services = request.app[SERVICES]
    found = await services.tickets.page(looking.filter(staff.user.name), after=looking.after)
    counts = await services.tickets.counts()
    today = services.clock.now().date()
    return {
        "looking": looking,
        "key": new_key(),
        "tickets": [(one, standing(one, today)) for one in found.tickets],
        "versions": await services.tickets.versions([one.id for one in found.tickets]),
        "more": "@".join(map(str, found.after)) if found.after else "",
        "counts": counts,
        "tabs": _tabs(looking, counts),
        "names": {user.name: user.display_name for user in await services.staff.users()},
    }


def _tabs(looking: Looking, counts: QueueCounts) -> list[tuple[str, str, bool]]:
    """(words, query string, whether it is this one) of the views that everybody has."""
    views = [
        (f"未办完 {sum(counts.by_state.values())}", {}),
        (f"超期 {counts.late}", {"due": "late"}),
        ("今天到期", {"due": "today"}),
        (f"没人接 {counts.unassigned}", {"who": NOBODY}),
        ("分给我的", {"who": ME}),
        ("全部，新的在前", {"state": "all", "order": "new"}),
    ]
    blank = dict.fromkeys(NAMES, "")
    return [(text, looking.query(**(blank | view)), looking.values == blank | view) for text, view in views]


async def colleagues(request: web.Request) -> list[StaffUser]:
    """Accounts that a ticket can be given to."""
    users = await request.app[SERVICES].staff.users()
    return [user for user in users if user.active and user.role in PERMISSIONS["tickets.work"]]


async def checked_colleague(request: web.Request, name: str) -> StaffUser:
    """NotFound for an account that no ticket can be given to."""
    for user in await colleagues(request):
        if user.name == name:
            return user
    raise NotFound(name)
