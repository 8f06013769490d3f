"""The server interface from outside: modes, the door, hostile input, every kind of message."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.geo.datum import wgs84_to_gcj02
from bot.geo.distance import haversine_m
from bot.storage.base import Database
from bot.wechat.crypto import MessageCipher, sign
from bot.wechat.guard import SKEW
from tests.wechat.bot import ShortDialogue, serving
from tests.wechat.platform import UNAVAILABLE, Platform, to_xml
from tests.wechat.test_messages import HOSTILE

OPENID = "oWebAAAAAAAAAAAAAAAAAAAAAAAA"
JPEG = b"\xff\xd8\xff\xe0" + bytes(200) + b"\xff\xd9"


@pytest_asyncio.fixture(params=["safe", "compatible", "plain"])
async def platform(request: pytest.FixtureRequest) -> AsyncIterator[Platform]:
    """The account in each of the three modes."""
    mode = request.param
    stand_in = Platform(mode=mode, aes_key=None) if mode == "plain" else Platform(mode=mode)
    await stand_in.start()
    yield stand_in
    await stand_in.stop()


@pytest_asyncio.fixture
async def safe() -> AsyncIterator[Platform]:
    stand_in = Platform()
    await stand_in.start()
    yield stand_in
    await stand_in.stop()


@pytest_asyncio.fixture
async def sqlite(sqlite_url: str) -> AsyncIterator[Database]:
    db = Database(sqlite_url)
    yield db
    await db.close()


@pytest_asyncio.fixture
async def dialogue(safe: Platform, sqlite: Database, tmp_path: Path) -> AsyncIterator[ShortDialogue]:
    async with serving(safe, sqlite, tmp_path / "files") as running:
        yield running


async def test_text_in_every_mode(platform: Platform, sqlite: Database, tmp_path: Path) -> None:
    async with serving(platform, sqlite, tmp_path) as dialogue:
        assert await platform.check_url("123456") == (200, "123456")
        delivery = await platform.text(OPENID, "花桥附近哪里能充电 😀")
        assert delivery.content.endswith("花桥附近哪里能充电 😀")
        assert [status for status, _, _ in delivery.attempts] == [200]
        sender, text, metadata, key = dialogue.heard[0]
        assert (sender, text, metadata) == (f"wx:{OPENID}", "花桥附近哪里能充电 😀", {})
        assert key


async def test_url_check_refuses_forgers(safe: Platform, dialogue: ShortDialogue) -> None:
    assert safe._session
    good = safe._query() | {"echostr": "77"}
    stale = safe._query(timestamp=str(int(time.time()) - SKEW - 5)) | {"echostr": "77"}
    cases = {
        403: [good | {"signature": "0" * 40}, good | {"signature": "签名"}, good | {"nonce": "other"}, stale],
        400: [good | {"timestamp": "NaN"}, good | {"echostr": "<b>"}, {}],
    }
    for status, queries in cases.items():
        for query in queries:
            async with safe._session.get(safe.bot_url, params=query) as response:
                assert response.status == status, query


async def test_key_rotation(safe: Platform, sqlite: Database, tmp_path: Path) -> None:
    old, new = safe.aes_key, "GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba"
    async with serving(safe, sqlite, tmp_path, aes_key=new, aes_key_previous=old):
        assert (await safe.text(OPENID, "旧钥匙")).content.endswith("旧钥匙")  # answered with the old key
        safe.aes_key = new
        assert (await safe.text(OPENID, "新钥匙")).content.endswith("新钥匙")


# -- hostile -----------------------------------------------------------------------------------------------


def _lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name.startswith("bot.")]


async def _refused(
    platform: Platform,
    caplog: pytest.LogCaptureFixture,
    body: bytes | str,
    query: dict[str, str],
    statuses: tuple[int, ...],
) -> None:
    caplog.clear()
    caplog.set_level(logging.INFO)
    status, answer = await platform.post_raw(body, query)
    assert status in statuses, answer
    lines = _lines(caplog)
    assert len(lines) == 1, lines
    assert OPENID not in lines[0]
    assert "秘密" not in lines[0]


async def test_forged_requests(safe: Platform, dialogue: ShortDialogue, caplog: pytest.LogCaptureFixture) -> None:
    xml = to_xml(safe.message(OPENID, "text", Content="秘密"))
    body, query = safe.sealed(xml)
    other = MessageCipher("wx0000000000000000", safe.aes_key or "")
    foreign = other.encrypt(xml)
    foreign_query = safe._query()
    foreign_query["msg_signature"] = sign(safe.token, foreign_query["timestamp"], foreign_query["nonce"], foreign)
    broken = {
        name: (f"<xml><Encrypt>{text}</Encrypt></xml>", safe._query())
        for name, text in {"base64": "@@@", "aes": "A" * 64, "block": "AAAA", "utf-8": "签名"}.items()
    }
    for text, broken_query in broken.values():
        encrypted = text.removeprefix("<xml><Encrypt>").removesuffix("</Encrypt></xml>")
        broken_query["msg_signature"] = sign(safe.token, broken_query["timestamp"], broken_query["nonce"], encrypted)
    stale_body, stale = safe.sealed(xml, timestamp=str(int(time.time()) - SKEW - 5))
    future_body, future = safe.sealed(xml, timestamp=str(int(time.time()) + SKEW + 5))
    cases: list[tuple[bytes | str, dict[str, str], int]] = [
        (body, query | {"msg_signature": "0" * 40}, 403),
        (body, query | {"msg_signature": "签名" * 20}, 403),
        (body, query | {"nonce": "1"}, 403),
        (body, {k: v for k, v in query.items() if k != "msg_signature"}, 403),
        (stale_body, stale, 403),
        (future_body, future, 403),
        (body, query | {"timestamp": "１７１４"}, 400),
        (body, query | {"timestamp": "1e9"}, 400),
        (body, {}, 400),
        (f"<xml><Encrypt>{foreign}</Encrypt></xml>", foreign_query, 400),
        (xml, query, 400),  # plain body although a key is set
        (xml, safe._query(), 403),
        *((text, broken_query, 400) for text, broken_query in broken.values()),
    ]
    for case_body, case_query, status in cases:
        await _refused(safe, caplog, case_body, case_query, (status,))
    assert dialogue.heard == []


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_messages_inside_a_good_envelope(
    safe: Platform, dialogue: ShortDialogue, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    body, query = safe.sealed(HOSTILE[name])
    await _refused(safe, caplog, body, query, (400, 413))
    assert dialogue.heard == []


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_messages_as_the_envelope(
    safe: Platform, dialogue: ShortDialogue, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    _, query = safe.sealed("<xml/>")
    await _refused(safe, caplog, HOSTILE[name], query, (400, 403, 413))
    assert dialogue.heard == []


async def test_hostile_messages_in_plain_mode(
    sqlite: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    plain = Platform(aes_key=None)
    await plain.start()
    async with serving(plain, sqlite, tmp_path) as dialogue:
        for body in HOSTILE.values():
            await _refused(plain, caplog, body, plain._query(), (400, 413))
        assert dialogue.heard == []
    await plain.stop()


async def test_ten_megabytes_are_not_read(
    safe: Platform, dialogue: ShortDialogue, caplog: pytest.LogCaptureFixture
) -> None:
    _, query = safe.sealed("<xml/>")
    began = time.perf_counter()
    await _refused(safe, caplog, b"<xml>" + b"a" * (10 << 20), query, (413,))
    assert time.perf_counter() - began < 3


async def test_replayed_nonce_with_a_changed_body(
    sqlite: Database, tmp_path: Path, redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """In plain mode the signature covers no body: the pair (time, nonce) is bound to the first one."""
    from redis.asyncio import Redis

    plain = Platform(aes_key=None)
    await plain.start()
    redis = Redis.from_url(redis_url)
    for shared in (None, redis):
        async with serving(plain, sqlite, tmp_path, redis=shared) as dialogue:
            query = plain._query()
            xml = to_xml(plain.message(OPENID, "text", Content="真的"))
            first = await plain.post_raw(xml, query)
            assert first[0] == 200
            await _refused(plain, caplog, xml.replace("真的", "秘密"), query, (403,))
            assert await plain.post_raw(xml, query) == first  # the platform's own retry
            assert [text for _, text, _, _ in dialogue.heard] == ["真的"]
    await redis.aclose()
    await plain.stop()


async def test_fuzzed_messages_never_break_the_server(
    safe: Platform, dialogue: ShortDialogue, caplog: pytest.LogCaptureFixture
) -> None:
    """Good envelopes with damaged messages in them, damaged envelopes, damaged queries."""
    caplog.set_level(logging.CRITICAL)
    chance = random.Random(20261124)
    seeds = [
        safe.message(OPENID, "text", Content="花桥 😀 ]]> <b>"),
        safe.message(OPENID, "location", Location_X="31.38", Location_Y="120.95", Scale=15, Label="x"),
        safe.message(OPENID, "voice", MediaId="m", Format="amr", Recognition=""),
        safe.event(OPENID, "subscribe", EventKey="qrscene_S0001"),
        safe.event(OPENID, "LOCATION", Latitude="31.3", Longitude="120.9", Precision="1"),
    ]
    alphabet = "<>&;]![CDATA?/=\"' \x00\x08\u200d\ufffe\ud7ff中\U0001f468\U000e0041\U0010ffff0123456789-.eE"

    def damaged(text: str) -> str:
        characters = list(text)
        for _ in range(chance.randrange(1, 6)):
            place = chance.randrange(len(characters))
            match chance.randrange(3):
                case 0:
                    characters[place] = chance.choice(alphabet)
                case 1:
                    del characters[place : place + chance.randrange(1, 12)]
                case _:
                    characters[place:place] = chance.choices(alphabet, k=chance.randrange(1, 12))
            characters = characters or ["x"]
        return "".join(characters)

    statuses: dict[int, int] = {}
    for number in range(400):
        xml = to_xml(chance.choice(seeds) | {"CreateTime": int(time.time()) + number})
        body, query = safe.sealed(damaged(xml))
        if number % 4 == 1:
            body = damaged(body)
        if number % 4 == 2:
            name = chance.choice(list(query))
            query[name] = damaged(query[name])
        status, _ = await safe.post_raw(body.encode("utf-8", "replace"), query)
        statuses[status] = statuses.get(status, 0) + 1
    assert set(statuses) <= {200, 400, 403, 413}
    assert statuses[200] > 5
    assert statuses[400] > 50
    assert (await safe.text(OPENID, "还好吗")).content.endswith("还好吗")


async def test_query_of_any_bytes(safe: Platform, dialogue: ShortDialogue) -> None:
    """Straight onto the socket: no client library that would tidy it up."""
    host, port = safe.bot_url.removeprefix("http://").removesuffix("/wechat").split(":")
    for query in (
        b"timestamp=%ff%fe&nonce=%00",
        b"%",
        b"a=%F0%9F%98%80&msg_signature=%ED%A0%80",
        b"=&=&=",
        b"x" * 4000,
    ):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST /wechat?" + query + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
        status = int((await reader.readline()).split()[1])
        assert 400 <= status < 500, query
        writer.close()


async def test_other_methods_and_paths(safe: Platform, dialogue: ShortDialogue) -> None:
    assert safe._session
    async with safe._session.put(safe.bot_url, data=b"x") as response:
        assert response.status == 405


# -- every kind of message ---------------------------------------------------------------------------------


async def test_tap_on_a_quick_reply(safe: Platform, dialogue: ShortDialogue) -> None:
    delivery = await safe.text(OPENID, "选")
    assert delivery.content.startswith("先说一句\n\n要办哪件？\n\n▸ <a href=")
    assert "msgmenucontent=%E6%9F%A5%E8%BF%9B%E5%BA%A6&msgmenuid=1" in delivery.content
    assert "msgmenuid=2" in delivery.content
    await safe.text(OPENID, "找驿站", choice="2")
    assert dialogue.heard[-1][1:3] == ("找驿站", {"choice": "2"})


async def test_location_is_passed_on_and_remembered(safe: Platform, dialogue: ShortDialogue) -> None:
    await safe.location(OPENID, 31.3810, 120.9580, "昆山市玉山镇")
    assert dialogue.heard[0][1:3] == (
        "/location",
        {"location": {"lat": 31.381, "lng": 120.958, "label": "昆山市玉山镇"}},
    )
    person = await dialogue.services.people.ensure(f"wx:{OPENID}")
    place = await dialogue.services.people.place(person.id)
    assert place
    lng, lat, label = place
    assert label == "昆山市玉山镇"
    assert 300 < haversine_m(lng, lat, 120.958, 31.381) < 700  # remembered in WGS-84
    assert wgs84_to_gcj02(lng, lat) == pytest.approx((120.958, 31.381), abs=1e-7)


async def test_position_event_is_wgs84_and_silent(safe: Platform, dialogue: ShortDialogue) -> None:
    fields = {"Latitude": "31.381000", "Longitude": "120.958000", "Precision": "65.000000"}
    delivery = await safe.deliver(safe.event(OPENID, "LOCATION", **fields))
    assert delivery.shown is None
    assert delivery.body == "success"
    person = await dialogue.services.people.ensure(f"wx:{OPENID}")
    assert await dialogue.services.people.place(person.id) == (120.958, 31.381, "")
    assert dialogue.heard == []


async def test_menu_click_needs_no_understanding(safe: Platform, dialogue: ShortDialogue) -> None:
    await safe.click(OPENID, "find_station")
    assert dialogue.heard[0][1:3] == ("/find_station", {"event": "CLICK:find_station"})


async def test_silent_events(safe: Platform, dialogue: ShortDialogue) -> None:
    for name in ("VIEW", "TEMPLATESENDJOBFINISH", "kf_create_session", "kf_close_session", "unknown_event"):
        delivery = await safe.deliver(safe.event(OPENID, name, EventKey="https://example.org"))
        assert delivery.body == "success", name
    assert dialogue.heard == []


async def test_voice(safe: Platform, sqlite: Database, tmp_path: Path) -> None:
    class Recognizer:
        words: str | None = "附近哪里有厕所"

        async def recognise(self, audio: bytes, kind: str) -> str | None:
            assert (audio[:6], kind) == (b"#!AMR\n", "amr")
            if self.words == "坏":
                raise RuntimeError
            return self.words

    async with serving(safe, sqlite, tmp_path) as dialogue:
        await safe.voice(OPENID, recognition="附近驿站")
        assert dialogue.heard[0][1] == "附近驿站"
        kind = await safe.voice(OPENID)
        assert kind.content.startswith("收到您的语音")
        assert "bizmsgmenu" in kind.content
    plugged = Recognizer()
    async with serving(safe, sqlite, tmp_path, recognizer=plugged) as dialogue:
        await safe.voice(OPENID)
        assert [h[1] for h in dialogue.heard] == ["附近哪里有厕所"]
        for words in (None, "", "坏"):
            plugged.words = words
            assert (await safe.voice(OPENID)).content.startswith("收到您的语音")
        assert (await safe.voice(OPENID, b"not audio")).content.startswith("收到您的语音")
        assert len(dialogue.heard) == 1


async def test_picture_is_kept_and_passed_on(safe: Platform, dialogue: ShortDialogue, tmp_path: Path) -> None:
    await safe.picture(OPENID, JPEG)
    _, text, metadata, _ = dialogue.heard[0]
    assert text == "/image"
    person = await dialogue.services.people.ensure(f"wx:{OPENID}")
    assert metadata["image_url"].startswith(f"/media/{person.id}/")
    kept = tmp_path / "files" / metadata["image_url"].removeprefix("/media/")
    assert kept.read_bytes() == JPEG


async def test_picture_that_is_none_or_lost(safe: Platform, dialogue: ShortDialogue, tmp_path: Path) -> None:
    for data in (b"<html><script>alert(1)</script>", b"\xff\xd8\xff" + bytes(10), b"#!AMR\n" + bytes(9)):
        assert "没收下" in (await safe.picture(OPENID, data)).content
    assert "没收下" in (await safe.picture(OPENID, JPEG + bytes(10 << 20))).content
    safe.fail("media", "500")
    assert "没收到" in (await safe.picture(OPENID, JPEG)).content
    assert dialogue.heard == []
    assert not (tmp_path / "files").exists()


async def test_picture_of_an_account_without_the_media_call(safe: Platform, dialogue: ShortDialogue) -> None:
    safe.fail("media", 48001)
    await safe.picture(OPENID, JPEG)
    assert dialogue.heard[0][1] == "/image"


async def test_video_and_link_are_answered_politely(safe: Platform, dialogue: ShortDialogue) -> None:
    for kind in ("video", "shortvideo"):
        message = safe.message(OPENID, kind, MediaId="m1", ThumbMediaId="t1")
        assert "看不了视频" in (await safe.deliver(message)).content
    link = safe.message(OPENID, "link", Title="t", Description="d", Url="https://example.org")
    assert "链接" in (await safe.deliver(link)).content
    assert "看不懂" in (await safe.deliver(safe.message(OPENID, "text", Content=" "))).content
    assert dialogue.heard == []


async def test_welcome(safe: Platform, dialogue: ShortDialogue) -> None:
    assert (await safe.subscribe(OPENID)).content.endswith("/subscribe")
    assert dialogue.heard[0][1:3] == ("/subscribe", {"event": "subscribe"})


async def test_poster_leads_to_its_station(safe: Platform, reference_db: Database, tmp_path: Path) -> None:
    async with serving(safe, reference_db, tmp_path) as dialogue:
        delivery = await safe.subscribe(OPENID, "S0001")
        assert delivery.content.startswith("您扫的是这个驿站的码：\n\n物流港货车司机补给站")
        assert "示例" in delivery.content
        assert dialogue.heard[0][2] == {"event": "subscribe", "scene": "S0001"}
        scan = await safe.deliver(safe.event(OPENID, "SCAN", EventKey="S0006"))
        assert "人民路示范驿站" in scan.content
        assert '→ <a href="https://apis.map.qq.com' in scan.content
        assert "找最近的驿站" in scan.content
        unknown = await safe.deliver(safe.event(OPENID, "SCAN", EventKey="S9999"))
        assert unknown.content.endswith("/help")


async def test_unsubscribe_erases(safe: Platform, dialogue: ShortDialogue, tmp_path: Path) -> None:
    await safe.picture(OPENID, JPEG)
    await safe.text(OPENID, "我的手机 13812345678")
    other = OPENID[:-1] + "B"
    await safe.text(other, "另一个人")
    delivery = await safe.deliver(safe.event(OPENID, "unsubscribe", EventKey=""))
    assert delivery.body == "success"
    people = dialogue.services.people
    for _ in range(100):
        if await people.find(f"wx:{OPENID}") is None:
            break
        await asyncio.sleep(0.02)
    assert await people.find(f"wx:{OPENID}") is None
    assert await people.find(f"wx:{other}") is not None
    assert list((tmp_path / "files").iterdir()) == []
    assert (await safe.subscribe(OPENID)).shown is not None  # and may come back as a stranger


# -- what is shown -----------------------------------------------------------------------------------------


async def test_card_picture_and_silence(safe: Platform, dialogue: ShortDialogue) -> None:
    card = (await safe.text(OPENID, "卡")).shown
    assert card
    assert (card.kind, card.title, card.text) == ("news", "党建地图", "三个驿站")
    assert card.url == "https://bot.example.org/map?x=1"
    picture = (await safe.text(OPENID, "图")).shown
    assert picture
    assert (picture.kind, picture.picture) == ("news", "https://example.org/a.png")
    silent = await safe.text(OPENID, "默")
    assert (silent.shown, silent.body) == (None, "success")


async def test_error_is_an_honest_reply(
    safe: Platform, dialogue: ShortDialogue, caplog: pytest.LogCaptureFixture
) -> None:
    delivery = await safe.text(OPENID, "坏 秘密")
    assert "没办成" in delivery.content
    assert UNAVAILABLE not in delivery.content
    lines = _lines(caplog)
    assert len(lines) == 1
    assert "秘密" not in lines[0]
    assert OPENID not in lines[0]
    assert "u-" in lines[0]
