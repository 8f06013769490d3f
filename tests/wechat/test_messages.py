"""Parsing: one type per message, and the hostile forms that must be refused."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy import parse_message

from bot.wechat import messages
from bot.wechat.messages import parse
from bot.wechat.xml import MAX_BODY, Malformed, cdata, clean, read_fields

OPENID = "oTestAAAAAAAAAAAAAAAAAAAAAAA"


def xml(**fields: Any) -> str:
    base = {"ToUserName": "gh_1", "FromUserName": OPENID, "CreateTime": 1764036000}
    return "<xml>" + "".join(f"<{k}>{cdata(str(v))}</{k}>" for k, v in (base | fields).items()) + "</xml>"


def message(kind: str, **fields: Any) -> str:
    return xml(MsgType=kind, MsgId=23456789012345678, **fields)


def event(name: str, **fields: Any) -> str:
    return xml(MsgType="event", Event=name, **fields)


def test_text() -> None:
    read = parse(message("text", Content="花桥附近哪里能充电"))
    assert isinstance(read, messages.Text)
    assert (read.content, read.menu_id) == ("花桥附近哪里能充电", None)
    assert (read.from_user, read.created) == (OPENID, 1764036000)


def test_tap_on_a_quick_reply() -> None:
    read = parse(message("text", Content="充电", bizmsgmenuid="2"))
    assert isinstance(read, messages.Text)
    assert read.menu_id == "2"
    odd = parse(message("text", Content="充电", bizmsgmenuid="'; drop--"))
    assert isinstance(odd, messages.Text)
    assert odd.menu_id is None


def test_media() -> None:
    image = parse(message("image", MediaId="abc_-1", PicUrl="http://mmbiz.qpic.cn/x"))
    assert isinstance(image, messages.Image)
    assert image.media_id == "abc_-1"
    voice = parse(message("voice", MediaId="v1", Format="amr", Recognition="附近驿站"))
    assert isinstance(voice, messages.Voice)
    assert (voice.format, voice.recognition) == ("amr", "附近驿站")
    silent = parse(message("voice", MediaId="v1", Format="amr"))
    assert isinstance(silent, messages.Voice)
    assert silent.recognition == ""
    for kind in ("video", "shortvideo"):
        assert isinstance(parse(message(kind, MediaId="m", ThumbMediaId="t")), messages.Video)


def test_location_x_is_the_latitude() -> None:
    read = parse(message("location", Location_X="31.3810", Location_Y="120.9580", Scale="15", Label="玉山镇"))
    assert isinstance(read, messages.Location)
    assert (read.lat, read.lng, read.label) == (31.381, 120.958, "玉山镇")


def test_link_and_unknown_kind() -> None:
    link = parse(message("link", Title="t", Description="d", Url="https://example.org"))
    assert isinstance(link, messages.Link)
    other = parse(message("music"))
    assert isinstance(other, messages.Other)
    assert other.kind == "music"


def test_events() -> None:
    followed = parse(event("subscribe", EventKey="qrscene_S0001", Ticket="t"))
    assert isinstance(followed, messages.Subscribe)
    assert followed.scene == "S0001"
    plain = parse(event("subscribe", EventKey=""))
    assert isinstance(plain, messages.Subscribe)
    assert plain.scene is None
    assert isinstance(parse(event("unsubscribe", EventKey="")), messages.Unsubscribe)
    scanned = parse(event("SCAN", EventKey="S0001", Ticket="t"))
    assert isinstance(scanned, messages.Scan)
    assert scanned.scene == "S0001"
    position = parse(event("LOCATION", Latitude="31.3", Longitude="120.9", Precision="119.385040"))
    assert isinstance(position, messages.Position)
    assert (position.lat, position.lng, round(position.precision)) == (31.3, 120.9, 119)
    click = parse(event("CLICK", EventKey="find_station"))
    assert isinstance(click, messages.Click)
    assert click.menu_key == "find_station"
    assert isinstance(parse(event("VIEW", EventKey="https://example.org")), messages.View)
    assert isinstance(parse(event("kf_close_session", KfAccount="a@b")), messages.HandoverClosed)
    assert isinstance(parse(event("TEMPLATESENDJOBFINISH", MsgID="1", Status="success")), messages.Notice)


def test_event_with_a_list_of_its_own_is_read_past() -> None:
    inner = "<SendLocationInfo><Location_X>1</Location_X><Label>x</Label></SendLocationInfo>"
    body = event("location_select", EventKey="k").replace("</xml>", inner + "</xml>")
    read = parse(body)
    assert isinstance(read, messages.Notice)
    assert "Label" not in read_fields(body)


def test_wechatpy_reads_the_same() -> None:
    body = message("location", Location_X="31.3810", Location_Y="120.9580", Scale="15", Label="玉山镇")
    oracle, ours = parse_message(body), parse(body)
    assert isinstance(ours, messages.Location)
    assert oracle.source == ours.from_user
    assert tuple(map(float, oracle.location)) == (ours.lat, ours.lng)


def test_keys_tell_deliveries_apart() -> None:
    one = parse(message("text", Content="a"))
    assert parse(message("text", Content="a")).key == one.key
    others = [
        parse(message("text", Content="a").replace(OPENID, OPENID[:-1] + "B")),
        parse(xml(MsgType="text", MsgId=1, Content="a")),
        parse(message("text", Content="a").replace("1764036000", "1764036001")),
        parse(event("CLICK", EventKey="help")),
        parse(event("CLICK", EventKey="greet")),
        parse(event("SCAN", EventKey="help")),
    ]
    keys = {one.key, *(o.key for o in others)}
    assert len(keys) == 7
    assert all(OPENID not in key and len(key) == 67 for key in keys)


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10 if i else "&a;" * 10}">' for i in range(9))
    + "]><xml><Content>&a8;</Content></xml>"
)

HOSTILE = {
    "empty": "",
    "not xml": "hello",
    "json": '{"MsgType":"text"}',
    "other root": message("text", Content="a").replace("xml>", "html>"),
    "no type": xml(MsgId=1, Content="a"),
    "no id": xml(MsgType="text", Content="a"),
    "entity bomb": BOMB,
    "external entity": '<!DOCTYPE xml [<!ENTITY e SYSTEM "file:///etc/hostname">]><xml><Content>&e;</Content></xml>',
    "dtd alone": "<!DOCTYPE xml>" + message("text", Content="a"),
    "undefined entity": "<xml><Content>&nbsp;</Content></xml>",
    "deep nesting": "<xml>" + "<a>" * 9000 + "</a>" * 9000 + "</xml>",
    "50,000 deep": "<xml>" + "<a>" * 50_000,
    "nested tag": message("text", Content="a").replace("<Content>", "<Content><b>x</b>"),
    "duplicate tag": message("text", Content="a").replace("</xml>", "<Content>b</Content></xml>"),
    "duplicate sender": message("text", Content="a").replace("</xml>", "<ToUserName>x</ToUserName></xml>"),
    "many fields": xml(MsgType="text", MsgId=1, Content="a", **{f"F{i}": i for i in range(100)}),
    "long tag": xml(MsgType="text", MsgId=1, Content="a", **{"T" * 1000: 1}),
    "nan": message("location", Location_X="NaN", Location_Y="120.9", Label="x"),
    "infinity": message("location", Location_X="1e999", Location_Y="120.9", Label="x"),
    "off the globe": message("location", Location_X="91", Location_Y="120.9", Label="x"),
    "nan event": event("LOCATION", Latitude="nan", Longitude="120.9", Precision="1"),
    "words for numbers": message("location", Location_X="三十一", Location_Y="120.9", Label="x"),
    "full-width id": xml(MsgType="text", MsgId="１２３", Content="a"),
    "negative id": xml(MsgType="text", MsgId="-1", Content="a"),
    "huge id": xml(MsgType="text", MsgId="9" * 5000, Content="a"),
    "no sender": xml(MsgType="text", MsgId=1, Content="a", FromUserName=""),
    "sender with markup": xml(MsgType="text", MsgId=1, Content="a", FromUserName="<script>"),
    "click without a key": event("CLICK", EventKey=""),
    "click with a long key": event("CLICK", EventKey="k" * 129),
    "long scene": event("SCAN", EventKey="s" * 65),
    "media with a path": message("image", MediaId="../../etc/hostname", PicUrl=""),
    "control character": "<xml><Content>a\x00b</Content></xml>",
    "truncated": message("text", Content="a")[:-10],
    "two roots": message("text", Content="a") * 2,
    "large": message("text", Content="a" * MAX_BODY),
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_forms_are_refused_at_once(body: str) -> None:
    began = time.perf_counter()
    with pytest.raises(Malformed) as caught:
        parse(body)
    assert time.perf_counter() - began < 1.0
    assert OPENID not in str(caught.value)


def test_bytes_that_are_not_utf8_are_refused() -> None:
    with pytest.raises(Malformed, match="utf-8"):
        parse(b"<xml><Content>\xff\xfe</Content></xml>")
    with pytest.raises(Malformed):
        parse('<?xml version="1.0" encoding="utf-16"?><xml></xml>'.encode("utf-16"))


@given(st.text(max_size=200))
def test_any_text_is_a_message_or_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        parse(text)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_what_we_write_reads_back(text: str) -> None:
    read = read_fields(f"<xml><Content>{cdata(text)}</Content></xml>")
    assert read["Content"] == clean(text).replace("\r\n", "\n").replace("\r", "\n")


def test_cdata_cannot_be_closed_from_inside() -> None:
    text = "a]]>b]]]]>c<x/>"
    assert read_fields(f"<xml><Content>{cdata(text)}</Content></xml>") == {"Content": text}
