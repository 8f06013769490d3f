"""Every route of the seats' pages with an id in it: ids of other things, of nobody and of nonsense open nothing."""

import re
from urllib.parse import quote

import pytest

from bot.console.registry import ROUTES
from tests.console.test_bookings import at, booked
from tests.console.test_conversations import asks
from tests.console.test_tickets import KEY, opened

ROOMS = ("/console/tickets/", "/console/requests/", "/console/bookings/", "/console/conversations/")
FORM = {
    "key": KEY,
    "seen": "1",
    "text": "x",
    "to": at(10).isoformat(),
    "status": "attended",
    "reason": "x",
    "code": "W00",
    "session": "x",
    "note": "x",
}


def routes_with_ids():
    return [route for route in ROUTES if route.path.startswith(ROOMS) and "{" in route.path]


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_ids_that_belong_to_something_else(console, services_of, method):
    ticket, visit, talk = await opened(services_of), await booked(services_of), await asks(services_of)
    box = await services_of.suggestions.leave(person_id=ticket.person_id, text="x")
    lead = await console("supervisor")
    tried = 0
    for route in routes_with_ids():
        if route.method != method:
            continue
        own = {
            "/console/tickets/": ticket.number,
            "/console/bookings/": visit.number,
            "/console/conversations/": str(talk.id),
            "/console/requests/": box.number,
        }[next(room for room in ROOMS if route.path.startswith(room))]
        strange = {ticket.number, visit.number, box.number, "99999", ticket.person_id, "' OR '1'='1", "../audit"} - {
            own
        }
        for wrong in sorted(strange):
            path = re.sub(r"\{source\}", "suggestion", route.path)
            path = re.sub(r"\{\w+\}", quote(wrong, safe=""), path)
            answer = await (lead.get(path) if method == "GET" else lead.post(path, FORM))
            assert answer.status == 404, (route.method, path, answer.status)
            tried += 1
    assert tried > 40
    assert [e.kind for e in (await services_of.dispute_desk.ticket(ticket.number)).events] == ["opened"]
    assert (await services_of.hospital.desk.find(visit.number)).status == "booked"
    assert (await services_of.handoff.talk(talk.id)).state == "waiting"


async def test_a_part_fetched_alone_is_in_the_audit_once(console, services_of):
    ticket, talk = await opened(services_of), await asks(services_of)
    seat = await console("seat")
    for _ in range(3):
        await seat.text(f"/console/tickets/{ticket.number}/live")
        await seat.text(f"/console/conversations/{talk.id}/live")
        await seat.text("/console/bookings/list?day=2026-12-02")
    seen = [(one.action, one.object_id) for one in await services_of.audit.search() if one.action.endswith(".view")]
    assert sorted(seen) == [
        ("bookings.view", "2026-12-02"),
        ("conversation.view", str(talk.id)),
        ("ticket.view", ticket.number),
    ]


async def test_an_erased_person_is_gone_from_the_pages(console, services_of):
    ticket, visit, talk = await opened(services_of), await booked(services_of), await asks(services_of)
    await services_of.dispute_desk.reply(ticket.number, "li", "在办")
    await services_of.people.erase(ticket.person_id)
    seat = await console("seat")
    for path in (f"/console/tickets/{ticket.number}", f"/console/bookings/{visit.number}"):
        text = await seat.text(path)
        assert "本人信息已删除" in text
        assert "13800138000" not in text
        assert "三个月没发" not in text
    assert (await seat.get(f"/console/conversations/{talk.id}")).status == 404
