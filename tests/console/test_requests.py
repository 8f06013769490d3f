"""What people hand in besides disputes and visits: all of it seen, answered, and the answer told."""

import asyncio
import re
from datetime import timedelta

from sqlalchemy import select

from bot.console.submitted_words import STATES
from bot.console.wording import STATE_NAMES
from bot.services.submitted import KINDS
from bot.storage.files import FolderStore
from bot.storage.outbox import OutboxMessage
from tests.console.test_tickets import PNG

PHONE = "13800138000"
SAID = "<script>alert(1)</script>说一句"


async def told(services):
    async with services.db.read() as session:
        return [row.text for row in await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))]


async def one_of_each(services):
    """One thing of every kind, by kind."""
    me = (await services.people.ensure("wx:rider")).id
    machine = (await services.drinks.all())[0].code
    (time, *_) = await services.freight.plating.times()
    made = {
        "request": await services.requests.submit(person_id=me, kind="care_package", phone=PHONE, note=SAID),
        "suggestion": await services.suggestions.leave(person_id=me, text=SAID, kind="complaint"),
        "callback": await services.bank.request_callback(person_id=me, topic="insurance", phone=PHONE, note=SAID),
        "machine": await services.drinks.report_fault(person_id=me, machine_code=machine, fault="empty", text=SAID),
        "carrier": await services.freight.report_carrier(
            person_id=me, kind="tricycle", place="花桥", seen_at="刚才", text=SAID
        ),
        "enrolment": await services.school.enrol(me, "bachelor", PHONE),
        "claim": await services.school.open_claim(me, "bachelor"),
        "alliance": await services.women.join(me, phone=PHONE, needs=["legal"], note=SAID),
        "screening": await services.women.sign_up(me, "35_64", PHONE, wish=SAID),
        "plating": await services.freight.plating.book(
            person_id=me, company="蓝马<b>", vehicles=5, day=time.day, start=time.start, phone=PHONE
        ),
    }
    assert set(made) == set(KINDS)
    return made


STEPS = {
    "request": "arranged",
    "suggestion": "answered",
    "callback": "called",
    "machine": "answered",
    "carrier": "answered",
    "enrolment": "contacted",
    "claim": "submitted",
    "alliance": "member",
    "screening": "scheduled",
    "plating": "done",
}


def form_of(text, status, note="周五下午两点到窗口"):
    return {"status": status, "note": note, "seen": re.search(r'name="seen" value="([^"]+)"', text)[1]}


async def test_nothing_is_left_unseen_and_every_answer_is_told_once(console, services_of):
    made = await one_of_each(services_of)
    seat = await console("seat")
    queue = await seat.text("/console/requests")
    assert "<script>alert" not in queue
    for source, row in made.items():
        path = f"/console/requests/{source}/{row.number}"
        assert path in queue
        text = await seat.text(path)
        assert "<script>alert" not in text
        before = len(await told(services_of))
        services_of.clock.moment += timedelta(seconds=1)
        form = form_of(text, STEPS[source])
        answers = await asyncio.gather(*(seat.post(path, form) for _ in range(3)))  # clicked three times
        assert {answer.status for answer in answers} == {303}, (source, [await a.text() for a in answers])
        lines = (await told(services_of))[before:]
        assert len(lines) == (0 if source == "plating" else 1), (source, lines)
        assert all(row.number in line for line in lines)
        if source not in ("enrolment", "plating"):
            assert "周五下午两点到窗口" in lines[0], source
    done = await seat.text("/console/requests?done=1")
    assert made["suggestion"].number in done
    assert made["suggestion"].number not in await seat.text("/console/requests")
    audited = await services_of.audit.search(action="request.answer")
    assert {(one.object_kind, one.object_id) for one in audited} == {(s, r.number) for s, r in made.items()}


async def test_two_answer_one_has_to_look_again(console, services_of):
    me = (await services_of.people.ensure("wx:rider")).id
    row = await services_of.suggestions.leave(person_id=me, text="驿站的灯坏了")
    one, two = await console("seat"), await console(name="seat-two")
    path = f"/console/requests/suggestion/{row.number}"
    first, second = (
        form_of(await one.text(path), "handling", "派人去看了"),
        form_of(await two.text(path), "closed", "不修"),
    )
    services_of.clock.moment += timedelta(seconds=1)
    assert (await one.post(path, first)).status == 303
    answer = await two.post(path, second)
    assert answer.status == 409
    text = await answer.text()
    assert "刚被别人改过" in text
    assert "不修</textarea>" in text
    assert "派人去看了" in text
    assert len(await told(services_of)) == 1
    assert (await two.post(path, form_of(text, "closed", "不修"))).status == 303


async def test_refusals(console, services_of):
    me = (await services_of.people.ensure("wx:rider")).id
    row = await services_of.suggestions.leave(person_id=me, text="x")
    seat, auditor = await console("seat"), await console("auditor")
    path = f"/console/requests/suggestion/{row.number}"
    form = form_of(await seat.text(path), "answered", "")
    answer = await seat.post(path, form)
    assert answer.status == 422
    assert "要写明情况" in await answer.text()
    for wrong in ({"status": "cancelled"}, {"status": ""}, {"seen": "yesterday"}, {"seen": "2026-11-25"}):
        assert (await seat.post(path, form | {"note": "好"} | wrong)).status == 422, wrong
    for number in (
        f"callback/{row.number}",
        "suggestion/JY20261125-000000",
        f"nothing/{row.number}",
        f"staff_users/{row.number}",
    ):
        assert (await seat.get(f"/console/requests/{number}")).status == 404
        assert (await seat.get(f"/console/requests/{number}/picture")).status == 404
        assert (await seat.post(f"/console/requests/{number}", form)).status == 404
    assert (await auditor.post(path, form)).status == 403
    assert 'name="note"' not in await auditor.text(path)
    assert (await (await console("editor")).get(path)).status == 403


async def test_phones_and_pictures(console, services_of, tmp_path):
    services_of.people.files = FolderStore(tmp_path / "files")
    me = (await services_of.people.ensure("wx:rider")).id
    stored = await services_of.people.files.put(me, PNG, "png")
    seen = await services_of.suggestions.leave(person_id=me, text="看图", image_url=stored.url)
    away = await services_of.suggestions.leave(person_id=me, text="外链", image_url="https://evil.example/a.png")
    seat, auditor = await console("seat"), await console("auditor")
    answer = await seat.get(f"/console/requests/suggestion/{seen.number}/picture")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/png")
    assert (await seat.get(f"/console/requests/suggestion/{away.number}/picture")).status == 404
    assert "evil.example" not in await seat.text(f"/console/requests/suggestion/{away.number}")
    call = await services_of.bank.request_callback(person_id=me, topic="insurance", phone=PHONE)
    path = f"/console/requests/callback/{call.number}"
    assert PHONE in await seat.text(path)
    assert PHONE not in await auditor.text(path)
    assert PHONE not in await seat.text("/console/requests")


async def test_a_suggestion_that_was_taken_back_is_said_to_be(services_of):
    person = (await services_of.people.ensure("wx:o1")).id
    made = await services_of.suggestions.leave(person_id=person, kind="suggestion", text="多放一台饮水机")
    taken = await services_of.suggestions.withdraw(person, made.number)
    assert taken.status in STATES["suggestion"]
    assert taken.status in STATE_NAMES["suggestion"]  # of a caller that is looked up
