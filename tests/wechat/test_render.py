"""What the dialogue's replies look like in WeChat."""

from __future__ import annotations

import re
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy import parse_message
from wechatpy.replies import deserialize_reply

from bot.geo.links import tencent_marker
from bot.wechat.render import (
    MAX_TEXT,
    ImageReply,
    NewsReply,
    TextReply,
    TransferReply,
    cut,
    merge,
    plain,
    render_responses,
    split,
    to_xml,
)

BASE = "https://bot.example.org"
_LINK = re.compile(r'<a href="weixin://bizmsgmenu\?msgmenucontent=([^"&]+)&msgmenuid=(\w+)">([^<]+)</a>')


def buttons(*titles: str) -> list[dict[str, str]]:
    return [{"title": title, "payload": "/x"} for title in titles]


def test_answer_then_links_then_choices() -> None:
    (reply,) = render_responses(
        [
            {"text": "最近的三个驿站：\n1. 甲"},
            {"text": "还要什么？", "buttons": buttons("能充电的", "第二个怎么走")},
            {"custom": {"links": [{"title": "在地图上看", "url": "/map?a=1&b=2"}]}},
        ],
        base_url=BASE,
    )
    assert reply == TextReply(
        "最近的三个驿站：\n1. 甲\n\n还要什么？\n\n"
        f'→ <a href="{BASE}/map?a=1&b=2">在地图上看</a>\n\n'
        '▸ <a href="weixin://bizmsgmenu?msgmenucontent='
        '%E8%83%BD%E5%85%85%E7%94%B5%E7%9A%84&msgmenuid=1">能充电的</a>\n'
        '▸ <a href="weixin://bizmsgmenu?msgmenucontent='
        '%E7%AC%AC%E4%BA%8C%E4%B8%AA%E6%80%8E%E4%B9%88%E8%B5%B0&msgmenuid=2">第二个怎么走</a>'
    )


def test_choices_keep_their_place_in_the_turn() -> None:
    responses = [{"text": "a", "buttons": buttons("甲", "乙")}, {"buttons": buttons("乙", "丙")}]
    (reply,) = render_responses(responses)
    assert isinstance(reply, TextReply)
    assert [(unquote(words), number) for words, number, _ in _LINK.findall(reply.content)] == [
        ("甲", "1"),
        ("乙", "2"),
        ("丙", "4"),
    ]


@pytest.mark.parametrize("title", ["a&b=c", '引"号', "<b>", "100%", "a b+c", "对，提交", "😀"])
def test_tapped_words_come_back_as_they_are(title: str) -> None:
    (reply,) = render_responses([{"text": "选", "buttons": buttons(title)}])
    assert isinstance(reply, TextReply)
    ((words, _, shown),) = _LINK.findall(reply.content)
    assert unquote(words) == shown == plain(title)


def test_card_stands_alone_and_else_becomes_a_link() -> None:
    page = {"title": "工单 LD20261124-483920", "url": "/t/abc", "description": "处理中", "image": "/i.png"}
    card = {"card": page}
    assert render_responses([{"text": "您的工单", "custom": card}], base_url=BASE) == [
        NewsReply("工单 LD20261124-483920", "您的工单", f"{BASE}/t/abc", f"{BASE}/i.png")
    ]
    assert render_responses([{"custom": card}], base_url=BASE) == [
        NewsReply("工单 LD20261124-483920", "处理中", f"{BASE}/t/abc", f"{BASE}/i.png")
    ]
    (with_choices,) = render_responses(
        [{"text": "您的工单", "custom": card, "buttons": buttons("补充材料")}], base_url=BASE
    )
    assert isinstance(with_choices, TextReply)
    assert f'→ <a href="{BASE}/t/abc">工单 LD20261124-483920</a>' in with_choices.content
    (long,) = render_responses([{"text": "长" * 200, "custom": card}], base_url=BASE)
    assert isinstance(long, TextReply)


def test_three_map_links_fit_under_a_list_of_stations() -> None:
    stations = [
        ("物流港货车司机补给站", 121.08, 31.31),
        ("楼宇“小哥·享趣”驿站", 120.97, 31.37),
        ("鹿银先锋驿站", 120.96, 31.38),
    ]
    address = "地址未公布，请向12345核实（示例数据）"
    entries = "\n".join(f"{n}. {name}，约1.2公里\n   充电、热饭、饮水" for n, (name, _, _) in enumerate(stations, 1))
    links = [
        {"title": f"{n}. {name}", "url": tencent_marker(lng, lat, name, address)}
        for n, (name, lng, lat) in enumerate(stations, 1)
    ]
    response = {
        "text": f"花桥镇附近的驿站：\n{entries}\n（示例数据，去前可打 12345 核实）",
        "custom": {"links": links},
        "buttons": buttons("还有别的吗", "第一个怎么走", "现在开着的"),
    }
    replies = render_responses([response])
    assert len(replies) == 1
    assert isinstance(replies[0], TextReply)
    assert replies[0].content.count("→ <a href=") == 3
    assert len(_LINK.findall(replies[0].content)) == 3
    crowded = render_responses([response | {"custom": {"links": links * 4}}])
    assert len(crowded) == 1
    assert isinstance(crowded[0], TextReply)
    assert 1 <= crowded[0].content.count("→ <a href=") < 12
    assert len(_LINK.findall(crowded[0].content)) == 3


def test_page_without_an_address_of_ours_is_left_out() -> None:
    (reply,) = render_responses([{"text": "好", "custom": {"card": {"title": "地图", "url": "/map"}}}])
    assert reply == TextReply("好")
    for url in ("javascript:alert(1)", "//evil.example.org", "data:text/html,x", "", None, 5):
        response = {"text": "好", "custom": {"card": {"title": "t", "url": url}}}
        assert render_responses([response], base_url=BASE) == [TextReply("好")]


def test_pictures() -> None:
    url = "https://example.org/a.png"
    assert render_responses([{"image": url}]) == [NewsReply("图片", "", url, url)]
    (reply,) = render_responses([{"text": "看图", "image": url, "buttons": buttons("好")}])
    assert isinstance(reply, TextReply)
    assert f'<a href="{url}">图片</a>' in reply.content
    assert render_responses([{"custom": {"media_id": "m1"}}]) == [ImageReply("m1")]
    with_text = render_responses([{"text": "码", "custom": {"media_id": "m1"}}])
    assert with_text == [TextReply("码"), ImageReply("m1")]


def test_nothing_is_silence() -> None:
    assert render_responses([]) == []
    assert render_responses([{}, {"text": "  "}, {"buttons": []}, {"custom": "x"}]) == []
    assert merge([{"custom": {"handover": True}}]).handover


def test_markup_in_a_text_is_text() -> None:
    (reply,) = render_responses([{"text": '<a href="https://evil.example.org">点我</a> 1<2 a<b>\x00\x08'}])
    assert isinstance(reply, TextReply)
    assert "<a" not in reply.content
    assert "＜a href" in reply.content
    assert "1<2" in reply.content
    assert "\x00" not in reply.content


# -- length ------------------------------------------------------------------------------------------------


def test_long_text_is_cut_at_sentence_ends() -> None:
    text = "".join(f"这是第{n}句话，讲怎么申请。" for n in range(200))
    pages = split(text, "▸ 好")
    assert all(len(page.encode()) <= MAX_TEXT for page in pages)
    bodies = [page.split("\n\n（还有")[0] for page in pages[:-1]]
    assert all(body.endswith("。") for body in bodies)
    assert "".join(bodies) + pages[-1].removesuffix("\n\n▸ 好") == text
    assert all("回复“继续”" in page and "msgmenuid=0" in page for page in pages[:-1])


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=3000), st.integers(0, 8))
def test_no_text_is_lost_or_too_long(text: str, choices: int) -> None:
    shown = plain(text)
    titles = [f"选择第{n}个办法" for n in range(choices)]
    replies = render_responses([{"text": text, "buttons": buttons(*titles)}])
    contents = [reply.content for reply in replies if isinstance(reply, TextReply)]
    assert all(len(content.encode()) <= MAX_TEXT for content in contents)
    told = "".join(c.split("\n\n（还有，点")[0].split("\n\n▸")[0] for c in contents)
    assert re.sub(r"\s", "", told).removeprefix("▸")[:50] in re.sub(r"\s", "", shown + "▸" + told)
    if choices == 0:
        assert re.sub(r"\s", "", told) == re.sub(r"\s", "", shown)


def test_cut_never_tears_a_character_a_word_or_an_address() -> None:
    family = "👨‍👩‍👧‍👦"
    for limit in range(3, 60):
        head, rest = cut("人" * 5 + family * 3, limit)
        assert (head + rest) == "人" * 5 + family * 3
        assert not rest.startswith(("\u200d", "\ufe0f"))
    url = "https://apis.map.qq.com/uri/v1/marker?marker=coord:31.3,120.9;title:x"
    head, rest = cut(f"地图在这里 {url} 可以点", 60)
    assert (head, rest.startswith(url)) == ("地图在这里", True)


def test_run_of_accents_is_torn_rather_than_kept_for_ever() -> None:
    pages = split("\u0301" * 5000)
    assert len(pages) < 12
    assert all(len(page.encode()) <= MAX_TEXT for page in pages)


def test_many_choices_fit() -> None:
    titles = [f"第{n}个很长很长很长的选择题目" for n in range(30)]
    (reply,) = render_responses([{"text": "选一个", "buttons": buttons(*titles)}])
    assert isinstance(reply, TextReply)
    assert len(reply.content.encode()) <= MAX_TEXT
    assert len(_LINK.findall(reply.content)) >= 3


# -- XML, with wechatpy as a second reader -----------------------------------------------------------------


@pytest.mark.parametrize(
    "reply",
    [
        TextReply('a]]>b ]]]]> <a href="weixin://bizmsgmenu?msgmenucontent=X&msgmenuid=1">X</a> 😀'),
        NewsReply("标题]]>", "说明", "https://example.org/?a=1&b=2", "https://example.org/i.png"),
        ImageReply("media-1"),
        TransferReply(),
    ],
)
def test_xml_is_read_by_others(reply: TextReply | NewsReply | ImageReply | TransferReply) -> None:
    xml = to_xml(reply, to_user="o1", from_user="gh_1", created=1764036000)
    root = ElementTree.fromstring(xml)
    assert (root.findtext("ToUserName"), root.findtext("FromUserName")) == ("o1", "gh_1")
    assert root.findtext("CreateTime") == "1764036000"
    match reply:
        case TextReply(content):
            assert root.findtext("Content") == content
            assert deserialize_reply(xml).content == content
        case NewsReply(title, _, url, picture):
            assert root.findtext("ArticleCount") == "1"
            (article,) = root.findall("Articles/item")
            shown = [article.findtext(tag) for tag in ("Title", "Url", "PicUrl")]
            assert shown == [title, url, picture]
        case ImageReply(media_id):
            assert deserialize_reply(xml).image == media_id
        case TransferReply():
            assert parse_message(xml).type in ("unknown", "transfer_customer_service")
            assert root.findtext("MsgType") == "transfer_customer_service"
