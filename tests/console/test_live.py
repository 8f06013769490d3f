"""Live updates: told within a second, in order, only to those who may, and to nobody whose session has ended."""

import asyncio
import json
import time

import pytest
from sqlalchemy import select

from bot.console import live
from bot.console.permissions import may
from bot.storage.people import Person
from tests.console.test_tickets import hidden, opened


class Stream:
    """An open stream of /console/events."""

    def __init__(self, client):
        self._client = client
        self.told = []

    async def __aenter__(self):
        self._response = await self._client.get("/console/events")
        assert self._response.status == 200
        assert self._response.headers["Content-Type"] == "text/event-stream"
        self._reading = asyncio.create_task(self._read())  # from here on nothing may be missed
        return self

    async def __aexit__(self, *_):
        self._reading.cancel()
        self._response.close()

    async def _read(self):
        async for line in self._response.content:
            text = line.decode().strip()
            if text.startswith("data: ") and text != "data: {}":
                self.told.append((time.monotonic(), json.loads(text[6:])))
            elif text == "event: ended":
                self.told.append((time.monotonic(), {"topic": "ended"}))
        self.told.append((time.monotonic(), {"topic": "closed"}))

    def topics(self):
        return [one["topic"] for _, one in self.told]

    def versions(self, topic):
        return [one["version"] for _, one in self.told if one["topic"] == topic]

    async def until(self, topic, count=1, seconds=3.0):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.topics().count(topic) >= count:
                return [at for at, one in self.told if one["topic"] == topic][count - 1]
            await asyncio.sleep(0.01)
        raise AssertionError(f"no {topic} among {self.topics()}")


async def test_two_seats_hear_of_each_other_within_a_second_and_in_order(console, services_of):
    ticket = await opened(services_of)
    one, two = await console("seat"), await console(name="seat-two")
    path = f"/console/tickets/{ticket.number}"
    async with Stream(one) as first, Stream(two) as second:
        for number in range(3):
            form = hidden(await one.text(path))
            began = time.monotonic()
            await one.post(f"{path}/reply", {"kind": "reply", "text": f"第 {number} 句", **form})
            for stream in (first, second):
                assert await stream.until("tickets", number + 1) - began < 1.0
            # what the other then fetches has it, after what was there before
            text = await two.text(f"{path}/live")
            places = [text.index(f"第 {n} 句") for n in range(number + 1)]
            assert places == sorted(places)
        for stream in (first, second):
            versions = stream.versions("tickets")
            assert versions == sorted(set(versions))
            assert len(versions) == 3
    events = (await services_of.dispute_desk.ticket(ticket.number)).events
    assert [e.text for e in events if e.kind == "replied"] == ["第 0 句", "第 1 句", "第 2 句"]


async def test_a_queue_that_two_work_on_loses_nothing(console, services_of):
    numbers = [(await opened(services_of, f"wx:r{n}")).number for n in range(4)]
    one, two = await console("seat"), await console(name="seat-two")

    async def take(client, number):
        path = f"/console/tickets/{number}"
        form = hidden(await client.text(path), "assign")
        return (await client.post(f"{path}/assign", {"to": "me", **form})).status

    async with Stream(two) as stream:
        results = await asyncio.gather(*(take(client, number) for number in numbers for client in (one, two)))
        await stream.until("tickets")
    assert set(results) <= {303, 409}
    for number in numbers:
        view = await services_of.dispute_desk.ticket(number)
        given = [event.text for event in view.events if event.kind == "assigned"]
        assert given
        assert view.ticket.assigned_to == given[-1]  # nobody was overwritten without having been seen
        assert len(given) == results[numbers.index(number) * 2 : numbers.index(number) * 2 + 2].count(303)
    shown = await one.text("/console/tickets/list")
    assert [shown.index(number) for number in numbers] == sorted(shown.index(number) for number in numbers)


async def test_what_happened_before_is_no_news_and_late_comers_hear_the_same_versions(console, services_of):
    await opened(services_of)
    seat = await console("seat")
    async with Stream(seat) as first:
        await opened(services_of, "wx:b")
        await first.until("tickets")
        async with Stream(seat) as second:
            assert second.topics() == []
            await opened(services_of, "wx:c")
            await first.until("tickets", 2)
            await second.until("tickets")
            assert second.versions("tickets") == first.versions("tickets")[1:]


async def test_nobody_hears_of_what_they_may_not_see(console, services_of, monkeypatch):
    topic = live.Topic("people", select(Person.id).order_by(Person.created_at.desc()).limit(1), "audit.view")
    await services_of.people.ensure("wx:first")
    monkeypatch.setitem(live.TOPICS, "people", topic)
    seat, editor, auditor = await console("seat"), await console("editor"), await console("auditor")
    assert not may("editor", "tickets.view")
    async with Stream(seat) as one, Stream(editor) as two, Stream(auditor) as three:
        services_of.clock.moment = services_of.clock.now().replace(minute=1)
        await opened(services_of, "wx:second")
        await three.until("people")
        await one.until("tickets")
        await asyncio.sleep(0.6)
        assert set(one.topics()) & {"tickets", "people"} == {"tickets"}
        assert set(two.topics()) & {"tickets", "people"} == set()
        assert set(three.topics()) & {"tickets", "people"} == {"tickets", "people"}


@pytest.mark.parametrize("busy", [False, True])
async def test_an_ended_session_loses_its_stream(console, services_of, monkeypatch, busy):
    monkeypatch.setattr(live, "HEARTBEAT", 0.7)
    seat = await console("seat")
    async with Stream(seat) as stream:
        ((session, _),) = [pair for pair in await services_of.staff.sessions() if pair[1].name == "seat-one"]
        from bot.services.audit import SYSTEM

        await services_of.staff.end_session(session.id, SYSTEM)
        for number in range(5 if busy else 0):  # news all the time: no quiet in which to look after the session
            await opened(services_of, f"wx:{number}")
            await asyncio.sleep(0.4)
        assert not busy or "ended" in stream.topics()
        await stream.until("ended")
        await stream.until("closed")
        told = len(stream.told)
        await opened(services_of, "wx:after")
        await asyncio.sleep(0.7)
        assert len(stream.told) == told
    answer = await seat.get("/console/events")
    assert answer.headers["Location"].startswith("/console/login")


async def test_who_watches_nothing_costs_nothing(console, services_of):
    from sqlalchemy import event

    asked = []
    event.listen(services_of.db.engine.sync_engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    await console("seat")
    await asyncio.sleep(0.1)
    before = len(asked)
    await asyncio.sleep(live.PAUSE * 2.2)
    assert len(asked) == before


async def test_what_happens_when_the_stream_is_just_open_is_told(console, services_of, monkeypatch):
    look = live.LiveBus.look

    async def slow(self):
        await asyncio.sleep(0.3)  # a busy machine
        await look(self)

    monkeypatch.setattr(live.LiveBus, "look", slow)
    seat = await console("seat")
    async with Stream(seat) as stream:
        await opened(services_of)
        await stream.until("tickets")
