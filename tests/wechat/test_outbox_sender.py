"""Pushes: windows kept, codes acted upon, notices where set, what cannot go waits, what never can is dead."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import aiohttp
import pytest
import pytest_asyncio
from prometheus_client import REGISTRY, generate_latest

from bot import doctor
from bot.services import Services, build_services
from bot.services.clock import SHANGHAI, FixedClock
from bot.services.deliveries import DeliveryService
from bot.services.outbox import MOST_ATTEMPTS, enqueue
from bot.storage.base import Database
from bot.storage.outbox import OutboxMessage
from bot.wechat.api import WechatApi
from bot.wechat.notices import NoticeTemplate, shortened
from bot.wechat.outbox_sender import OutboxSender
from tests.wechat.platform import Platform

OPENID = "oPushAAAAAAAAAAAAAAAAAAAAAAA"
SENDER = f"wx:{OPENID}"
NOTICE = "template:TEMPLATE_ID_1:thing1=subject,thing2=text,time3=time"

pytestmark = pytest.mark.usefixtures("sqlite_template", "postgres_database")


class Outbox:
    """The sender of one replica, and what its tests ask of it."""

    def __init__(self, db: Database, clock: FixedClock, api: WechatApi | None, notice: str | None = None) -> None:
        self.db, self.clock = db, clock
        self.services: Services = build_services(db, clock)
        self.deliveries = DeliveryService(db, clock)
        template = NoticeTemplate.read(notice) if notice else None
        self.sender = OutboxSender(self.deliveries, self.services, api, notice=template)

    async def wrote(self, key: str = "m", openid: str = OPENID, window: str = "message") -> str:
        """The person wrote (or clicked)."""
        arrival = await self.deliveries.arrive(key, f"wx:{openid}", opens=window)  # type: ignore[arg-type]
        return arrival.person_id

    async def put(self, text: str, key: str, sender: str = SENDER, **more: object) -> None:
        person = await self.services.people.ensure(sender)
        async with self.db.write() as session:
            await enqueue(
                session,
                person_id=person.id,
                text=text,
                key=key,
                due=self.clock.now(),
                **more,  # type: ignore[arg-type]
            )

    async def state(self, key: str) -> tuple[str, str | None]:
        from sqlalchemy import select

        async with self.db.read() as session:
            row = (await session.scalars(select(OutboxMessage).where(OutboxMessage.key == key))).one()
            return row.state, row.last_error


@pytest_asyncio.fixture
async def platform() -> AsyncIterator[Platform]:
    stand_in = Platform()
    await stand_in.start()
    yield stand_in
    await stand_in.stop()


@pytest_asyncio.fixture
async def api(platform: Platform) -> AsyncIterator[WechatApi]:
    async with aiohttp.ClientSession() as session:
        yield WechatApi(session, platform.app_id, platform.app_secret, base=platform.api_url)


@pytest.fixture
def now_clock() -> FixedClock:
    """Stands at the real time: the stand-in counts its windows by it."""
    return FixedClock(datetime.now(SHANGHAI))


@pytest.fixture
def outbox(db: Database, now_clock: FixedClock, api: WechatApi) -> Outbox:
    return Outbox(db, now_clock, api)


def opened(platform: Platform, openid: str = OPENID) -> None:
    """On the platform's side."""
    platform._open_window(openid, platform.message(openid, "text", Content="a"))


async def test_push_arrives(outbox: Outbox, platform: Platform) -> None:
    await outbox.wrote()
    opened(platform)
    await outbox.put("您的工单有进展", "k1")
    await outbox.put("要改约吗", "k2", buttons=[("改约", "/reschedule_booking"), ("不用", "/deny")])
    assert await outbox.sender.drain() == 2
    text, menu = platform.phones[OPENID]
    assert (text.via, text.text) == ("custom", "您的工单有进展")
    assert (menu.text, menu.choices) == ("要改约吗", [("1", "改约"), ("2", "不用")])
    assert [await outbox.state(k) for k in ("k1", "k2")] == [("sent", None), ("sent", None)]
    assert await outbox.sender.drain() == 0


async def test_five_in_the_window_of_a_message(outbox: Outbox, platform: Platform) -> None:
    await outbox.wrote("m1")
    opened(platform)
    for n in range(7):
        await outbox.put(f"第{n}条", f"k{n}")
    await outbox.sender.drain()
    assert len(platform.phones[OPENID]) == 5
    assert platform.calls["send"] == 5  # the sixth was not even tried
    assert [(await outbox.state(f"k{n}"))[0] for n in range(7)] == ["sent"] * 5 + ["kept"] * 2
    arrival = await outbox.deliveries.arrive("m2", SENDER, opens="message")
    assert [kept.text for kept in arrival.kept] == ["第5条", "第6条"]


async def test_three_in_the_minute_after_a_click(outbox: Outbox, platform: Platform, now_clock: FixedClock) -> None:
    await outbox.wrote("c1", window="event")
    platform._open_window(OPENID, platform.event(OPENID, "CLICK", EventKey="help"))
    for n in range(4):
        await outbox.put(f"第{n}条", f"k{n}")
    await outbox.sender.drain()
    assert len(platform.phones[OPENID]) == 3
    await outbox.wrote("c2", window="event")
    now_clock.advance(timedelta(seconds=61))
    await outbox.put("太晚", "late")
    await outbox.sender.drain()
    assert (await outbox.state("late"))[0] == "kept"
    assert platform.calls["send"] == 3


async def test_window_closes_after_48_hours(outbox: Outbox, platform: Platform, now_clock: FixedClock) -> None:
    await outbox.wrote()
    now_clock.advance(timedelta(hours=48))
    await outbox.put("提醒", "k")
    await outbox.sender.drain()
    assert (await outbox.state("k"))[0] == "kept"
    assert platform.calls["send"] == 0


async def test_two_replicas_do_not_overrun_a_window(
    db: Database, now_clock: FixedClock, api: WechatApi, platform: Platform
) -> None:
    one, two = Outbox(db, now_clock, api), Outbox(db, now_clock, api)
    await one.wrote()
    opened(platform)
    for n in range(40):
        await one.put(f"第{n}条", f"k{n}")
    while sum(await asyncio.gather(one.sender.drain(), two.sender.drain())):
        pass
    assert len(platform.phones[OPENID]) == 5
    assert len({shown.text for shown in platform.phones[OPENID]}) == 5


@pytest.mark.parametrize("code", [45015, 45047, 48001])
async def test_refused_push_waits_for_the_next_message(outbox: Outbox, platform: Platform, code: int) -> None:
    await outbox.wrote()
    opened(platform)
    platform.fail("send", code)
    await outbox.put("进展", "k")
    await outbox.sender.drain()
    assert (await outbox.state("k"))[0] == "kept"
    assert (await outbox.deliveries.arrive("m2", SENDER, opens="message")).kept[0].text == "进展"


async def test_no_permission_is_believed_for_an_hour(outbox: Outbox, platform: Platform, now_clock: FixedClock) -> None:
    await outbox.wrote()
    opened(platform)
    platform.verified = False
    for n in range(3):
        await outbox.put(f"第{n}条", f"k{n}")
    await outbox.sender.drain()
    assert platform.calls["send"] == 1
    platform.verified = True
    now_clock.advance(timedelta(minutes=61))
    await outbox.put("又一条", "again")
    await outbox.sender.drain()
    assert (await outbox.state("again"))[0] == "sent"


@pytest.mark.parametrize("trouble", [-1, 45011, "500", "502", "drop", 99999])
async def test_illness_of_the_platform_is_waited_out(
    outbox: Outbox, platform: Platform, now_clock: FixedClock, trouble: int | str
) -> None:
    await outbox.wrote()
    opened(platform)
    platform.fail("send", trouble, trouble)
    await outbox.put("进展", "k")
    await outbox.sender.drain()
    assert (await outbox.state("k"))[0] == "failed"
    assert await outbox.sender.drain() == 0  # not before its time
    for pause in (16, 61):
        now_clock.advance(timedelta(seconds=pause))
        await outbox.sender.drain()
    assert (await outbox.state("k"))[0] == "sent"
    assert [shown.text for shown in platform.phones[OPENID]] == ["进展"]


@pytest.mark.parametrize("code", [40001, 42001, 40014])
async def test_stale_token_costs_no_attempt(outbox: Outbox, platform: Platform, code: int) -> None:
    await outbox.wrote()
    opened(platform)
    platform.fail("send", code)
    await outbox.put("进展", "k")
    await outbox.sender.drain()
    assert (await outbox.state("k"))[0] == "sent"
    assert len(platform.phones[OPENID]) == 1


async def test_daily_quota_is_waited_out_till_midnight(
    outbox: Outbox, platform: Platform, now_clock: FixedClock
) -> None:
    await outbox.wrote()
    opened(platform)
    platform.fail("send", 45009)
    await outbox.put("进展", "k")
    await outbox.sender.drain()
    assert (await outbox.state("k"))[0] == "failed"
    tomorrow = now_clock.now() + timedelta(days=1)
    now_clock.moment = tomorrow.replace(hour=0, minute=5)
    assert await outbox.sender.drain() == 0
    now_clock.moment = tomorrow.replace(hour=0, minute=11)
    await outbox.sender.drain()
    assert (await outbox.state("k"))[0] == "sent"


@pytest.mark.parametrize("code", [43004, 40003, 45002])
async def test_what_can_never_arrive_is_dead_at_once(outbox: Outbox, platform: Platform, code: int) -> None:
    await outbox.wrote()
    opened(platform)
    platform.fail("send", code)
    await outbox.put("进展", "k")
    await outbox.sender.drain()
    state, error = await outbox.state("k")
    assert state == "dead"
    assert str(code) in (error or "")
    assert OPENID not in (error or "")
    await outbox.sender.count()
    assert REGISTRY.get_sample_value("nuanxin_outbox_rows", {"state": "dead"}) == 1
    assert await outbox.deliveries.dead_letters(outbox.clock.now() - timedelta(days=1)) == 1
    finding = await doctor._outbox(outbox.db)
    assert (finding.state, OPENID in finding.text) == ("warning", False)
    assert finding.text.startswith("1 messages given up in 7 days")
    assert str(code) in finding.text
    assert b'nuanxin_outbox_rows{state="dead"} 1.0' in generate_latest()  # what /metrics serves


async def test_many_failures_end_as_a_dead_letter(outbox: Outbox, platform: Platform, now_clock: FixedClock) -> None:
    await outbox.wrote()
    platform.fail("send", *["500"] * 20)
    await outbox.put("进展", "k")
    for _ in range(MOST_ATTEMPTS):
        await outbox.wrote(f"m{now_clock.now()}")
        await outbox.sender.drain()
        now_clock.advance(timedelta(hours=13))
    assert (await outbox.state("k"))[0] == "dead"
    assert platform.calls["send"] == MOST_ATTEMPTS


async def test_erased_person_gets_nothing(outbox: Outbox, platform: Platform) -> None:
    person_id = await outbox.wrote()
    await outbox.put("进展", "k")
    rows = await outbox.services.outbox.claim()
    assert len(rows) == 1
    await outbox.services.people.erase(person_id)
    assert await outbox.sender._push(rows[0]) == "dead"
    assert platform.phones[OPENID] == []


async def test_row_of_a_dead_replica_is_taken_over(outbox: Outbox, platform: Platform, now_clock: FixedClock) -> None:
    await outbox.wrote()
    opened(platform)
    await outbox.put("进展", "k")
    await outbox.services.outbox.claim()  # and then the process dies
    assert await outbox.sender.drain() == 0
    now_clock.advance(timedelta(minutes=3))
    await outbox.sender.drain()
    assert (await outbox.state("k"))[0] == "sent"


async def test_long_push_goes_on_when_asked(outbox: Outbox, platform: Platform) -> None:
    person_id = await outbox.wrote()
    opened(platform)
    await outbox.put("".join(f"第{n}句话，很长很长。" for n in range(150)), "k")
    await outbox.sender.drain()
    (shown,) = platform.phones[OPENID]
    assert len(shown.text.encode()) <= 2000
    assert "回复“继续”" in shown.text
    assert len(await outbox.deliveries.pages(person_id)) >= 1


async def test_people_of_other_channels_and_accounts_without_api(
    db: Database, now_clock: FixedClock, api: WechatApi, platform: Platform
) -> None:
    outbox, mute = Outbox(db, now_clock, api), Outbox(db, now_clock, None)
    await outbox.put("网页的人", "rest", sender="rest:somebody")
    await outbox.sender.drain()
    assert (await outbox.state("rest"))[0] == "kept"
    await mute.put("没有接口", "mute")
    await mute.sender.drain()
    assert (await mute.state("mute"))[0] == "kept"
    assert platform.calls["send"] == 0


# -- notices -----------------------------------------------------------------------------------------------


async def test_notice_when_the_chat_is_closed(
    db: Database, now_clock: FixedClock, api: WechatApi, platform: Platform
) -> None:
    outbox = Outbox(db, now_clock, api, NOTICE)
    await outbox.put("您的工单（LD20261124-483920）已受理。工作人员三个工作日内联系您。", "k")
    await outbox.sender.drain()
    (notice,) = platform.phones[OPENID]
    assert (notice.via, notice.title) == ("template", "TEMPLATE_ID_1")
    when = f"{now_clock.now():%Y-%m-%d %H:%M}"
    assert notice.text == f"thing1=服务进展提醒\nthing2=您的工单（LD20261124-483…\ntime3={when}"
    # a notice is one line: the whole text is still shown at the next message
    assert (await outbox.state("k"))[0] == "kept"
    assert await outbox.sender.drain() == 0


@pytest.mark.parametrize("code", [43101, 48001, 40037])
async def test_refused_notice_waits(
    db: Database, now_clock: FixedClock, api: WechatApi, platform: Platform, code: int
) -> None:
    outbox = Outbox(db, now_clock, api, "subscribe:TEMPLATE_ID_2:thing1=text")
    platform.fail("subscribe", code)
    await outbox.put("进展", "k")
    await outbox.sender.drain()
    assert (await outbox.state("k"))[0] == "kept"
    platform.fail("subscribe", "500")
    await outbox.put("又有进展", "k2")
    await outbox.sender.drain()
    assert (await outbox.state("k2"))[0] == "failed"


@pytest.mark.parametrize(
    "setting", ["", "template", "template:short:a=text", "sms:TEMPLATE_ID_1:a=text", "template:TEMPLATE_ID_1:a=b"]
)
def test_bad_notice_setting_is_named(setting: str) -> None:
    with pytest.raises(ValueError, match="template:<id>"):
        NoticeTemplate.read(setting)


def test_notice_text_is_one_short_line() -> None:
    assert shortened("您的预约改到周三。请带身份证") == "您的预约改到周三"
    assert len(shortened("长" * 50)) == 20
    assert shortened("第一行\n第二行") == "第一行"
