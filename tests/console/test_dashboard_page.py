"""The dashboard over HTTP: numbers, plots, tables, links only where they lead somewhere, the rows behind."""

import re
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import insert

from bot.console import plots
from bot.console.registry import ROUTES
from bot.services.clock import SHANGHAI
from bot.storage.disputes import DisputeEvent, DisputeTicket
from bot.storage.knowledge import ReviewItem
from bot.storage.transcript import TranscriptTurn


async def said(services, *rows):
    """(day of November, hour, topic, text)."""
    async with services.db.write() as session:
        await session.execute(
            insert(TranscriptTurn),
            [
                {
                    "at": datetime(2026, 11, day, hour, 30, tzinfo=SHANGHAI),
                    "topic": topic,
                    "text": text,
                    "confidence": 0.8,
                    "reply": "请打 12345",
                    "milliseconds": 30.0,
                }
                for day, hour, topic, text in rows
            ],
        )


@pytest.fixture
async def talked(services_of):
    await said(
        services_of,
        (23, 9, "station/hours", "花桥站几点开"),
        (24, 9, "open_dispute", "我叫王强 13912345678 押金不退 <script>alert(1)</script>"),
        (24, 18, "open_dispute", "扣我工资"),
        (24, 9, "greet", "好"),
        (25, 9, "greet", "你好"),
    )
    async with services_of.db.write() as session:
        moment = datetime(2026, 11, 24, 9, tzinfo=SHANGHAI)
        session.add(ReviewItem(text="啥", reason="low_confidence", created_at=moment))
    await services_of.dashboard.count_hours()


async def test_an_empty_dashboard_says_so(console):
    text = await (await console("supervisor")).text("/console/dashboard")
    assert "还没有人来问" in text
    assert "幽门螺旋杆菌" in text
    assert "0 / 100" in text


async def test_numbers_plots_and_tables(console, talked):
    supervisor = await console("supervisor")
    text = await supervisor.text("/console/dashboard?days=7")
    assert re.search(r"<dt>提问</dt><dd><a [^>]+>4</a>", text)  # three questions and one that was not understood
    assert "25.0%" in text
    assert text.count('<svg class="plot') == 5
    assert all(
        f'id="{name}-t"' in text and f'id="{name}-d"' in text for name in re.findall(r'labelledby="(p-\w+)-t', text)
    )
    assert "最忙：周二 9 点，2 次" in text
    assert "initiative=2" in text
    for days in (30, 90, "x"):
        assert (await supervisor.get(f"/console/dashboard?days={days}")).status == 200


async def test_every_link_leads_to_a_page_that_the_person_may_open(console, talked):
    for role in ("supervisor", "auditor", "editor"):
        client = await console(role)
        text = await client.text("/console/dashboard?days=7")
        main = text[text.index("<main") :]
        links = {link.replace("&amp;", "&") for link in re.findall(r'href="(/console/[^"]+)"', main)}
        paths = {link.partition("?")[0]: link for link in links}
        assert "/console/dashboard/turns" in paths
        for link in paths.values():
            assert (await client.get(link)).status == 200, (role, link)
    assert "/console/tickets" not in paths  # an editor works no tickets
    assert any(route.path == "/console/tickets" for route in ROUTES)


async def test_the_rows_behind_a_number_are_anonymous_text_and_audited(console, services_of, talked):
    auditor = await console("auditor")
    text = await auditor.text("/console/dashboard/turns?first=2026-11-24&last=2026-11-24&initiative=2&hour=9")
    assert "押金不退" in text
    assert "扣我工资" not in text
    assert "13912345678" not in text
    assert "王强" not in text
    assert "<script>alert" not in text
    assert "几点开" in await auditor.text("/console/dashboard/turns?topic=station/hours")
    nonsense = "/console/dashboard/turns?first=x&last=9999-99-99&initiative=77&topic=no&hour=99&before=-1&weekday=0"
    assert "几点开" in await auditor.text(nonsense)
    assert "没有符合条件" in await auditor.text("/console/dashboard/turns?first=2026-11-24&last=2026-11-24&weekday=1")
    assert len(await services_of.audit.search(action="transcript.list")) == 4


async def test_the_number_of_tickets_leads_to_just_these(console, services_of):
    def opened(number, day):
        at = datetime(2026, 11, day, 0, 0, tzinfo=SHANGHAI)
        due = date(2026, 11, 30)
        values = {
            "dispute_type": "wages",
            "window_code": "w",
            "window_name": "窗口",
            "contact_due": due,
            "finish_due": due,
        }
        return DisputeTicket(number=number, created_at=at, updated_at=at, **values)

    async with services_of.db.write() as session:
        rows = [opened("LD20261118-000001", 18), opened("LD20261119-000002", 19)]
        session.add_all(rows)
        await session.flush()
        session.add_all(
            DisputeEvent(ticket_id=row.id, at=row.created_at, actor="worker", kind="opened") for row in rows
        )
    supervisor = await console("supervisor")
    text = await supervisor.text("/console/dashboard?days=7")
    link = re.search(r'href="(/console/tickets\?type=wages[^"]*)">1</a>', text)[1].replace("&amp;", "&")
    found = await supervisor.text(link)
    assert "LD20261119-000002" in found
    assert "LD20261118-000001" not in found
    for since in ("x", "2026-13-01"):
        assert "LD20261118-000001" in await supervisor.text(f"/console/tickets?since={since}")


async def test_only_those_who_may(console):
    seat = await console("seat")
    assert (await seat.get("/console/dashboard")).status == 403
    assert (await seat.get("/console/dashboard/turns")).status == 403


async def test_hours_that_are_not_counted_yet_are_said(console, services_of):
    await said(services_of, (20, 9, "station/hours", "几点开"))
    supervisor = await console("supervisor")
    assert "正在补统计" in await supervisor.text("/console/dashboard")
    await services_of.dashboard.count_hours()
    assert "正在补统计" not in await supervisor.text("/console/dashboard")


def test_weeks_end_today_and_lose_nothing():
    from bot.console.pages.dashboard import spans_of
    from bot.services.dashboard import Turns
    from bot.services.turn_hours import Day

    last = date(2026, 11, 25)
    first = last - timedelta(days=89)
    days = {first + timedelta(days=n): Day() for n in range(90)}
    for day in days.values():
        day.topics["station/hours"] += 1
    spans = spans_of(Turns(days, {first: 2}, {last: 3}, None, False), first, last)
    assert (spans[-1].first, spans[-1].last) == (date(2026, 11, 19), last)
    assert sum(span.day.turns for span in spans) == 90
    assert (spans[0].first, spans[0].unanswered, spans[-1].disliked) == (first, 2, 3)


@pytest.mark.parametrize(
    ("most", "top", "step"), [(0, 1, 1), (1, 1, 0.5), (7, 8, 2), (583, 600, 200), (0.075, 0.08, 0.02), (4, 4, 1)]
)
def test_axes_end_at_round_numbers(most, top, step):
    assert plots.nice_top(most) == (pytest.approx(top), pytest.approx(step))


def test_what_is_named_in_a_plot_is_text():
    for drawn in (
        plots.lines("a", "<b>", '"&', ["<i>"], [plots.Series("x", "s1", [None])]),
        plots.columns("a", "<b>", "", ["<i>"], [0]),
        plots.heat("a", "<b>", "", ["<i>"], ["<u>"], [[0]]),
    ):
        assert not re.search(r"<[biu]>", str(drawn))
