"""Exactly once, the same to every retry, always in time; what is owed arrives; what cannot arrive waits."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import build_services
from bot.services.clock import SHANGHAI, FixedClock
from bot.services.deliveries import DeliveryService, Push
from bot.services.page_links import Page, PageLinks
from bot.storage.base import Database
from bot.storage.inbox import InboxMessage
from bot.storage.outbox import OutboxMessage
from bot.storage.suggestions import Suggestion
from bot.storage.wechat import OwedReply
from bot.wechat import flow as flow_module
from bot.wechat import wording
from tests.wechat.bot import SECRET, ShortDialogue, long_text, serving
from tests.wechat.platform import Delivery, Platform

# session fixtures that run event loops of their own come before this module's
pytestmark = pytest.mark.usefixtures("sqlite_template", "postgres_database")

OPENID = "oFlowAAAAAAAAAAAAAAAAAAAAAAA"


@pytest_asyncio.fixture
async def platform() -> AsyncIterator[Platform]:
    stand_in = Platform()
    await stand_in.start()
    yield stand_in
    await stand_in.stop()


@pytest_asyncio.fixture
async def dialogue(platform: Platform, db: Database, tmp_path: Path) -> AsyncIterator[ShortDialogue]:
    async with serving(platform, db, tmp_path) as running:
        yield running


@pytest.fixture
def hurried() -> Iterator[pytest.MonkeyPatch]:
    """The time budget shortened, so that the tests of slowness are quick; undone before an answer must be in time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flow_module, "BUDGET", 0.4)
        yield patch


async def _count(db: Database, model: type) -> int:
    async with db.read() as session:
        return await session.scalar(select(func.count()).select_from(model)) or 0


async def _until(platform: Platform, number: int, openid: str = OPENID) -> None:
    """Wait until that many things were shown on the phone."""
    for _ in range(200):
        if len(platform.phones[openid]) >= number:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"only {platform.phones[openid]}")


# -- retries -----------------------------------------------------------------------------------------------


async def test_retry_gets_the_stored_reply(platform: Platform, dialogue: ShortDialogue, db: Database) -> None:
    fields = platform.message(OPENID, "text", Content="一次")
    replies = [await platform.post(fields) for _ in range(3)]
    assert len(set(replies)) == 1
    assert replies[0][0] == 200
    assert len(dialogue.heard) == 1
    assert await _count(db, Suggestion) == 1


async def test_retry_during_the_work_waits_for_the_same_reply(
    platform: Platform, dialogue: ShortDialogue, db: Database
) -> None:
    fields = platform.message(OPENID, "text", Content="慢 0.4")
    replies = await asyncio.gather(*(platform.post(fields) for _ in range(3)))
    assert len(set(replies)) == 1
    assert "慢慢办好了" in replies[0][1]
    assert len(dialogue.heard) == 1


async def test_retry_at_another_replica_waits_too(
    platform: Platform, dialogue: ShortDialogue, db: Database, tmp_path: Path
) -> None:
    here = platform.bot_url
    async with serving(platform, db, tmp_path) as other:
        there = platform.bot_url
        fields = platform.message(OPENID, "text", Content="慢 0.4")
        platform.bot_url = here
        first = asyncio.create_task(platform.post(fields))
        await dialogue.begun.wait()
        platform.bot_url = there
        second = await platform.post(fields)
        assert await first == second
        assert (len(dialogue.heard), len(other.heard)) == (1, 0)


async def test_same_msgid_of_two_people_is_two_messages(platform: Platform, dialogue: ShortDialogue) -> None:
    fields = platform.message(OPENID, "text", Content="甲")
    await platform.post(fields)
    await platform.post(fields | {"FromUserName": OPENID[:-1] + "B", "Content": "乙"})
    assert [text for _, text, _, _ in dialogue.heard] == ["甲", "乙"]


async def test_event_retries_are_one_event(platform: Platform, dialogue: ShortDialogue) -> None:
    fields = platform.event(OPENID, "CLICK", EventKey="find_station")
    first, second = [await platform.post(fields) for _ in range(2)]
    assert first == second
    assert len(dialogue.heard) == 1


async def test_dead_workers_message_is_taken_over(platform: Platform, dialogue: ShortDialogue, db: Database) -> None:
    """Another replica claimed the message and died: its lease runs out within the retry's own time."""
    fields = platform.message(OPENID, "text", Content="接手")
    from bot.wechat.messages import parse
    from tests.wechat.platform import to_xml

    services = build_services(db)
    arrival = await DeliveryService(db, services.clock).arrive(parse(to_xml(fields)).key, f"wx:{OPENID}")
    assert arrival.is_new
    delivery = await platform.deliver(fields)
    assert delivery.content.endswith("接手")
    assert len(delivery.attempts) == 1
    assert await _count(db, Suggestion) == 1


async def test_retry_of_the_message_that_erased_its_sender(
    platform: Platform, dialogue: ShortDialogue, db: Database
) -> None:
    fields = platform.message(OPENID, "text", Content="删")
    replies = [await platform.post(fields) for _ in range(3)]
    assert len(set(replies)) == 1
    assert "都删好了" in replies[0][1]
    assert len(dialogue.heard) == 1
    assert await dialogue.services.people.find(f"wx:{OPENID}") is None
    async with db.read() as session:
        (row,) = await session.scalars(select(InboxMessage))
    assert row.person_id is None
    assert OPENID not in str(vars(row)).replace(str(row.reply), "")


async def test_stored_replies_expire_after_a_day(
    platform: Platform, dialogue: ShortDialogue, db: Database, clock: FixedClock
) -> None:
    await platform.text(OPENID, "旧的")
    now = dialogue.services.clock.now()
    later = DeliveryService(db, FixedClock(now + timedelta(hours=23)))
    assert await later.expire() == 0
    much_later = DeliveryService(db, FixedClock(now + timedelta(hours=25)))
    assert await much_later.expire() == 1
    assert await _count(db, InboxMessage) == 0


# -- the time budget ---------------------------------------------------------------------------------------


async def test_real_budget_is_under_five_seconds(platform: Platform, sqlite_url: str, tmp_path: Path) -> None:
    db = Database(sqlite_url)
    async with serving(platform, db, tmp_path):
        delivery = await platform.text(OPENID, "慢 5.2")
        assert delivery.content == wording.WORKING
        assert [status for status, _, _ in delivery.attempts] == [200]
        assert 4.0 < delivery.attempts[0][2] < 4.9
        await _until(platform, 2)
        late = platform.phones[OPENID][1]
        assert (late.via, late.kind) == ("custom", "msgmenu")
        assert late.text.startswith("慢慢办好了")
        assert late.choices == [("1", "再来")]
    await db.close()


@pytest.mark.usefixtures("hurried")
async def test_late_reply_comes_once_and_retries_get_the_acknowledgement(
    platform: Platform, dialogue: ShortDialogue, db: Database
) -> None:
    fields = platform.message(OPENID, "text", Content="慢 1.5")
    first = await platform.post(fields)
    assert wording.WORKING in first[1]
    assert await platform.post(fields) == first
    await platform.deliver(fields)
    await _until(platform, 2)
    assert await platform.post(fields) == first
    await asyncio.sleep(0.3)
    assert [s.via for s in platform.phones[OPENID]] == ["passive", "custom"]
    assert len(dialogue.heard) == 1
    assert await _count(db, OwedReply) == 0


async def test_late_reply_waits_where_the_account_may_not_push(
    platform: Platform, dialogue: ShortDialogue, db: Database, hurried: pytest.MonkeyPatch
) -> None:
    platform.verified = False
    assert (await platform.text(OPENID, "慢 2")).content == wording.WORKING
    assert (await platform.text(OPENID, "继续")).content == wording.STILL_WORKING
    await _settled(dialogue, "kept")
    hurried.undo()
    more = await platform.text(OPENID, "继续")
    assert more.content.startswith("慢慢办好了")
    # shown once; the word then means what the dialogue makes of it
    assert (await platform.text(OPENID, "继续")).content.endswith("继续")
    assert [s.via for s in platform.phones[OPENID]] == ["passive"] * 4


async def test_kept_message_comes_after_the_answer_to_the_next(
    platform: Platform, dialogue: ShortDialogue, db: Database, hurried: pytest.MonkeyPatch
) -> None:
    platform.verified = False
    await platform.text(OPENID, "慢 0.8")
    await _settled(dialogue, "kept")
    hurried.undo()
    fields = platform.message(OPENID, "text", Content="选")
    first = await platform.post(fields)
    content = (await platform.deliver(fields)).content
    answer, notice, choices = (content.index(s) for s in ("要办哪件", wording.KEPT_HEADING, "▸"))
    assert answer < notice < choices
    assert "慢慢办好了" in content
    assert (await platform.post(fields)) == first
    assert wording.KEPT_HEADING not in (await platform.text(OPENID, "选")).content


async def _settled(dialogue: ShortDialogue, state: str) -> None:
    for _ in range(200):
        if (await dialogue.services.outbox.counts()).get(state):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(await dialogue.services.outbox.counts())


@pytest.mark.usefixtures("hurried")
async def test_owed_reply_survives_the_death_of_its_worker(
    platform: Platform, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Acknowledged, then the process is gone: the next one finds the debt and pays it, once."""
    monkeypatch.setattr("bot.wechat.flow.Flow.close", _abandon)
    async with serving(platform, db, tmp_path):
        assert (await platform.text(OPENID, "慢 3")).content == wording.WORKING
    assert await _count(db, OwedReply) == 1
    async with serving(platform, db, tmp_path) as reborn:
        await _until(platform, 2)
        assert platform.phones[OPENID][1].text.startswith("慢慢办好了")
        assert len(reborn.heard) == 1
    assert await _count(db, Suggestion) == 1
    assert await _count(db, OwedReply) == 0
    assert await _count(db, OutboxMessage) == 1


async def _abandon(self: flow_module.Flow, patience: float = 0) -> None:
    for task in self._tasks:
        task.cancel()


async def test_owed_reply_is_given_up_with_an_apology(db: Database) -> None:
    clock = FixedClock(datetime(2026, 11, 25, 10, tzinfo=SHANGHAI))
    services = build_services(db, clock)
    deliveries = DeliveryService(db, clock)
    person_id = (await deliveries.arrive("k", f"wx:{OPENID}")).person_id
    await deliveries.acknowledge("k", f"wx:{OPENID}", "ack", {"kind": "Text"})
    for attempt in range(1, 7):
        clock.advance(timedelta(seconds=10))
        (owed,) = await deliveries.take_up_owed()
        assert owed.attempts == attempt
        assert await deliveries.take_up_owed() == []
    assert await deliveries.complete("k", person_id, "", Push(wording.OWED_LOST)) == "ack"
    assert await deliveries.take_up_owed() == []
    assert (await services.outbox.claim())[0].text == wording.OWED_LOST


async def test_first_reply_wins_in_any_order(db: Database) -> None:
    clock = FixedClock(datetime(2026, 11, 25, 10, tzinfo=SHANGHAI))
    deliveries = DeliveryService(db, clock)
    for number in range(20):
        key = f"k{number}"
        person_id = (await deliveries.arrive(key, f"wx:{OPENID}")).person_id
        acknowledged, completed = await asyncio.gather(
            deliveries.acknowledge(key, f"wx:{OPENID}", "ack", {}),
            deliveries.complete(key, person_id, "real", Push("real")),
        )
        assert acknowledged == completed == await deliveries.wait(key, 0)
    async with db.read() as session:
        pushed = await session.scalar(select(func.count()).select_from(OutboxMessage)) or 0
        inbox = (await session.scalars(select(InboxMessage.reply))).all()
    assert pushed == inbox.count("ack")


@pytest.mark.parametrize("silent", [1.0, 30.0], ids=["refuses", "hangs"])
async def test_honest_answer_while_the_database_is_away(
    platform: Platform,
    db: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    hurried: pytest.MonkeyPatch,
    silent: float,
) -> None:
    async with serving(platform, db, tmp_path):
        real = db.write
        broken = True

        @contextlib.asynccontextmanager
        async def write() -> AsyncIterator[AsyncSession]:
            if broken:
                await asyncio.sleep(silent)
                raise OSError("the database is away")
            async with real() as session:
                yield session

        monkeypatch.setattr(db, "write", write)
        honest = await platform.text(OPENID, "在吗")
        assert honest.content == wording.FALLBACK
        assert [status for status, _, _ in honest.attempts] == [200]  # within the platform's five seconds
        broken = False
        hurried.undo()
        assert (await platform.text(OPENID, "在了")).content.endswith("在了")


# -- long replies ------------------------------------------------------------------------------------------


async def test_long_reply_goes_on_when_asked(platform: Platform, dialogue: ShortDialogue) -> None:
    pages = [(await platform.text(OPENID, "长")).content]
    while "回复“继续”" in pages[-1]:
        fields = platform.message(OPENID, "text", Content="继续", bizmsgmenuid="0")
        delivery = await platform.deliver(fields)
        assert (await platform.post(fields))[1] == delivery.body  # a retry does not turn the page
        pages.append(delivery.content)
    assert len(pages) >= 3
    assert all(len(page.encode()) <= 2000 for page in pages)
    told = "".join(page.split("\n\n（还有")[0].split("\n\n▸")[0] for page in pages)
    assert told == long_text()
    assert "好的" in pages[-1]
    assert all(page.split("\n\n（还有")[0].endswith("。") for page in pages[:-1])
    assert [text for _, text, _, _ in dialogue.heard] == ["长"]


async def test_another_question_drops_the_rest(platform: Platform, dialogue: ShortDialogue) -> None:
    await platform.text(OPENID, "长")
    await platform.text(OPENID, "别的")
    assert (await platform.text(OPENID, "继续")).content.endswith("继续")
    assert [text for _, text, _, _ in dialogue.heard] == ["长", "别的", "继续"]


# -- pages -------------------------------------------------------------------------------------------------


async def test_number_in_an_answer_leads_to_the_persons_own_page(platform: Platform, dialogue: ShortDialogue) -> None:
    one = (await platform.text(OPENID, "号 LD20261125-544644")).content
    ((token, title),) = re.findall(r'→ <a href="https://bot.example.org/p/([^"]+)">([^<]+)</a>', one)
    assert title == "查看工单详情"
    person = await dialogue.services.people.ensure(f"wx:{OPENID}")
    page = PageLinks(SECRET).read(token, dialogue.services.clock.now())
    assert page == Page("ticket", "LD20261125-544644", person.id)
    two = (await platform.text(OPENID, "号 LD20261125-544644、YY20261126-111111、YY20261126-222222")).content
    assert re.findall(r">(查看[^<]+)</a>", two) == ["查看工单详情（尾号 544644）", "查看预约详情（尾号 111111）"]
    assert two.index("查看工单") < two.index("▸")


async def test_no_page_links_without_a_public_address(platform: Platform, sqlite_url: str, tmp_path: Path) -> None:
    db = Database(sqlite_url)
    async with serving(platform, db, tmp_path, public_base_url=None):
        assert "/p/" not in (await platform.text(OPENID, "号 LD20261125-544644")).content
    await db.close()


# -- humans ------------------------------------------------------------------------------------------------


async def test_bot_is_silent_while_a_human_has_the_talk(platform: Platform, dialogue: ShortDialogue) -> None:
    await platform.text(OPENID, "要人工")
    handoff = dialogue.services.handoff
    person = await dialogue.services.people.ensure(f"wx:{OPENID}")
    talk = (await handoff.request(person.id)).handoff
    assert (await platform.text(OPENID, "还在排队")).shown  # waiting: the bot still answers
    await handoff.take(talk.id, "seat1")
    silent = await platform.text(OPENID, "我想问工资")
    assert silent.shown is None
    assert silent.body == "success"
    danger = await platform.text(OPENID, "撞车了")
    assert danger.content.endswith("撞车了")  # safety is answered whoever has the talk
    assert [m.text for m in await handoff.messages(talk.id)] == ["我想问工资", "撞车了"]
    await handoff.say(talk.id, "seat1", "您好，我是人工")
    await _until(platform, 5)
    await handoff.close(talk.id)
    assert (await platform.text(OPENID, "谢谢")).content.endswith("谢谢")
    texts = [s.text for s in platform.phones[OPENID] if s.via == "custom"]
    assert any("您好，我是人工" in text for text in texts)


async def test_platforms_own_seats(platform: Platform, db: Database, tmp_path: Path) -> None:
    office = FixedClock(datetime(2026, 11, 25, 10, tzinfo=SHANGHAI))
    async with serving(platform, db, tmp_path, clock=office, handover="wechat") as dialogue:
        person = await dialogue.services.people.ensure(f"wx:{OPENID}")
        assert (await platform.text(OPENID, "早")).shown.kind == "text"  # type: ignore[union-attr]
        await dialogue.services.handoff.request(person.id)
        assert (await platform.text(OPENID, "找人工")).shown.kind == "transfer"  # type: ignore[union-attr]
        clicked = await platform.click(OPENID, "help")
        assert clicked.shown
        assert clicked.shown.kind == "text"  # an event may not be handed over
        await platform.deliver(platform.event(OPENID, "kf_close_session", KfAccount="a@b"))
        assert (await platform.text(OPENID, "回来了")).shown.kind == "text"  # type: ignore[union-attr]
        await dialogue.services.handoff.request(person.id)
        office.moment = datetime(2026, 11, 25, 23, tzinfo=SHANGHAI)
        assert (await platform.text(OPENID, "夜里")).shown.kind == "text"  # type: ignore[union-attr]


# -- crowds ------------------------------------------------------------------------------------------------


async def test_three_deliveries_of_everything_in_one_process(
    platform: Platform, dialogue: ShortDialogue, db: Database
) -> None:
    people = [f"oCrowd{n:022d}" for n in range(5)]
    messages = [platform.message(p, "text", Content=f"第{i}条") for i in range(6) for p in people]
    replies: dict[int, list[tuple[int, str]]] = {}
    at_once = asyncio.Semaphore(5)

    async def thrice(number: int) -> None:
        async with at_once:
            replies[number] = await asyncio.gather(*(platform.post(messages[number]) for _ in range(3)))

    await asyncio.gather(*(thrice(n) for n in range(len(messages))))
    assert all(len(set(r)) == 1 and r[0][0] == 200 for r in replies.values())
    assert await _count(db, Suggestion) == len(messages)


async def test_connection_cut_by_the_platform_changes_nothing(
    platform: Platform, dialogue: ShortDialogue, db: Database
) -> None:
    platform.patience = 0.3
    fields = platform.message(OPENID, "text", Content="慢 0.8")
    delivery: Delivery = await platform.deliver(fields)
    assert len(delivery.attempts) == 3
    with contextlib.suppress(AssertionError):
        assert delivery.content.startswith("慢慢")
    assert len(dialogue.heard) == 1
    assert await _count(db, Suggestion) == 1
