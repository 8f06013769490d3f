"""The API client against the stand-in: one token for all, one refresh, a remedy for every code."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from bot.wechat.api import REMEDIES, ApiError, Remedy, TooLarge, WechatApi
from bot.wechat.tokens import QUIET, TokenKeeper
from tests.wechat.platform import Platform

OPENID = "oApiAAAAAAAAAAAAAAAAAAAAAAAA"


@pytest_asyncio.fixture
async def platform() -> AsyncIterator[Platform]:
    stand_in = Platform()
    await stand_in.start()
    stand_in._message_at[OPENID] = 4e9
    yield stand_in
    await stand_in.stop()


@pytest_asyncio.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as client:
        yield client


def client(session: aiohttp.ClientSession, platform: Platform, **options: object) -> WechatApi:
    return WechatApi(
        session,
        platform.app_id,
        platform.app_secret,
        base=platform.api_url,
        **options,  # type: ignore[arg-type]
    )


@pytest.fixture
def api(session: aiohttp.ClientSession, platform: Platform) -> WechatApi:
    return client(session, platform)


async def test_messages_arrive(api: WechatApi, platform: Platform) -> None:
    await api.send_text(OPENID, "您的工单有进展 😀")
    await api.send_menu(OPENID, "还要办什么？", [("1", "查进度"), ("2", "找驿站")])
    await api.send_news(OPENID, "党建地图", "附近 3 个驿站", "https://example.org/map")
    text, menu, news = platform.phones[OPENID]
    assert text.text == "您的工单有进展 😀"
    assert menu.choices == [("1", "查进度"), ("2", "找驿站")]
    assert (news.title, news.url) == ("党建地图", "https://example.org/map")
    assert platform.token_fetches == 1


async def test_notices_arrive(api: WechatApi, platform: Platform) -> None:
    for _ in range(2):
        await api.send_template(OPENID, "T1", {"thing1": "工单进展"}, once="k1")
    await api.send_subscribed(OPENID, "S1", {"thing1": "预约提醒"})
    assert [(n.via, n.title, n.text) for n in platform.phones[OPENID]] == [
        ("template", "T1", "thing1=工单进展"),
        ("subscribe", "S1", "thing1=预约提醒"),
    ]


async def test_many_callers_fetch_one_token(api: WechatApi, platform: Platform) -> None:
    platform.fail("token", 0.2)
    await asyncio.gather(*(api.create_menu({"button": []}) for _ in range(30)))
    assert platform.token_fetches == 1


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_stale_token_is_refreshed_once(api: WechatApi, platform: Platform, code: int) -> None:
    await api.send_text(OPENID, "一")
    platform.expire_token()
    platform.fail("send", code)
    await api.send_text(OPENID, "二")
    assert [s.text for s in platform.phones[OPENID]] == ["一", "二"]
    assert platform.token_fetches == 2
    assert platform.forced_fetches == 0


async def test_refused_token_that_has_not_run_out_is_forced(api: WechatApi, platform: Platform) -> None:
    await api.send_text(OPENID, "一")
    platform.fail("send", 40001)  # the platform gives the same token again, so force is needed
    await api.send_text(OPENID, "二")
    assert (platform.token_fetches, platform.forced_fetches) == (3, 1)


async def test_token_refused_again_is_no_loop(api: WechatApi, platform: Platform) -> None:
    platform.fail("send", *[40001] * 10)
    with pytest.raises(ApiError) as caught:
        await api.send_text(OPENID, "一")
    assert caught.value.remedy is Remedy.LATER
    assert platform.calls["send"] == 2


@pytest.mark.parametrize("code", [c for c, r in REMEDIES.items() if r is not Remedy.REFRESH])
async def test_every_code_has_its_remedy(api: WechatApi, platform: Platform, code: int) -> None:
    platform.fail("send", code)
    with pytest.raises(ApiError) as caught:
        await api.send_text(OPENID, "一")
    assert (caught.value.code, caught.value.remedy) == (code, REMEDIES[code])
    assert platform.calls["send"] == 1


async def test_unknown_code_and_broken_answers_mean_later(api: WechatApi, platform: Platform) -> None:
    for trouble in (99999, "500", "502", "drop"):
        platform.fail("send", trouble)
        with pytest.raises(ApiError) as caught:
            await api.send_text(OPENID, "一")
        assert caught.value.remedy is Remedy.LATER
        assert platform.access_token not in str(caught.value)


async def test_silence_is_given_up_in_time(api: WechatApi, platform: Platform) -> None:
    await api.create_menu({})
    platform.fail("send", 8.0)
    with pytest.raises(ApiError, match="Timeout"):
        await asyncio.wait_for(api.send_text(OPENID, "一"), 5)


@pytest.mark.parametrize("code", [40164, 40125, 40001])
async def test_wrong_settings_are_the_operators(api: WechatApi, platform: Platform, code: int) -> None:
    platform.fail("token", code)
    with pytest.raises(ApiError) as caught:
        await api.send_text(OPENID, "一")
    assert caught.value.remedy is Remedy.OPERATOR


async def test_failed_fetch_is_no_storm(api: WechatApi, platform: Platform) -> None:
    platform.fail("token", 40164)
    outcomes = await asyncio.gather(*(api.send_text(OPENID, "一") for _ in range(20)), return_exceptions=True)
    assert all(isinstance(o, ApiError) for o in outcomes)
    assert platform.token_fetches == 1


async def test_fetch_is_tried_again_after_the_quiet_time() -> None:
    now = [1000.0]
    answers: list[object] = [ValueError("no"), ("t1", 7200), ("t2", 7200)]

    async def fetch(force: bool) -> tuple[str, int]:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[return-value]

    keeper = TokenKeeper(fetch, "wx1", now=lambda: now[0])
    with pytest.raises(ValueError, match="no"):
        await keeper.get()
    with pytest.raises(ValueError, match="no"):
        await keeper.get()
    now[0] += QUIET
    assert await keeper.get() == "t1"
    now[0] += 7200 - 301
    assert await keeper.get() == "t1"
    now[0] += 2  # five minutes before its end
    assert await keeper.get() == "t2"


async def test_media_is_downloaded_within_its_size(api: WechatApi, platform: Platform) -> None:
    media_id = platform.upload(b"\xff\xd8\xff" + bytes(5000), "image/jpeg")
    assert len((await api.download_media(media_id, 10_000)).data) == 5003
    with pytest.raises(TooLarge):
        await api.download_media(media_id, 5000)
    with pytest.raises(ApiError) as caught:
        await api.download_media("gone", 5000)
    assert (caught.value.code, caught.value.remedy) == (40007, Remedy.DROP)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/x",
        "http://169.254.169.254/latest/meta-data",
        "http://qpic.cn.example.org/x",
        "http://user@mmbiz.qpic.cn@example.org/x",
        "file:///etc/hostname",
        "ftp://mmbiz.qpic.cn/x",
        "",
    ],
)
async def test_pictures_come_from_the_platform_only(api: WechatApi, url: str) -> None:
    with pytest.raises(ApiError) as caught:
        await api.download_picture(url, 1000)
    assert caught.value.remedy is Remedy.DROP


async def test_picture_address_of_the_platform(api: WechatApi, platform: Platform) -> None:
    media_id = platform.upload(b"GIF89a", "image/gif")
    assert (await api.download_picture(f"{platform.api_url}/pictures/{media_id}", 100)).data == b"GIF89a"


async def test_replicas_share_token_and_lease(
    session: aiohttp.ClientSession, platform: Platform, redis_url: str
) -> None:
    from redis.asyncio import Redis

    redis = Redis.from_url(redis_url)
    await redis.flushdb()
    replicas = [client(session, platform, redis=redis) for _ in range(5)]
    platform.fail("token", 0.3)
    await asyncio.gather(*(r.create_menu({}) for r in replicas for _ in range(4)))
    assert platform.token_fetches == 1
    platform.expire_token()
    await asyncio.gather(*(r.create_menu({}) for r in replicas for _ in range(4)))
    assert platform.token_fetches == 2
    stored = await redis.get(f"nuanxin:wechat:token:{platform.app_id}")
    assert platform.access_token in stored.decode()
    await redis.aclose()


async def test_without_redis_each_replica_manages(session: aiohttp.ClientSession, platform: Platform) -> None:
    from redis.asyncio import Redis

    gone = Redis.from_url("redis://127.0.0.1:1", socket_connect_timeout=0.2)
    replica = client(session, platform, redis=gone)
    await replica.send_text(OPENID, "一")
    assert platform.phones[OPENID][0].text == "一"
    await gone.aclose()
