"""Stations and the suggestion box in chat."""

from __future__ import annotations

import re

from bot.dialogue.host import DialogueHost
from bot.geo.datum import wgs84_to_gcj02
from bot.services import Services
from tests.dialogue.conftest import Talk

CENTRE = dict(zip(("lng", "lat"), wgs84_to_gcj02(120.9520, 31.3860), strict=True))


def names(said: str) -> list[str]:
    """The names of the places listed in a reply."""
    return re.findall(r"^\d\. ([^（\n]+)", said, re.MULTILINE)


async def test_the_nearest_in_a_district_with_a_service(talk: Talk) -> None:
    said = await talk("花桥附近哪里能充电")
    assert said.startswith("花桥镇有")
    assert len(names(said)) == 3
    assert said.count("手机充电") >= 4  # the headline and each of the three
    assert "示例数据" in said
    assert said.count("示例数据") == 1
    assert "第1个怎么走" in said


async def test_every_list_has_links_that_open_a_map(host: DialogueHost) -> None:
    (reply,) = await host.handle("A", "花桥附近哪里能充电")
    links = reply["custom"]["links"]
    assert len(links) == 3
    assert all(link["url"].startswith("https://apis.map.qq.com/uri/v1/marker") for link in links)
    payloads = [button["payload"] for button in reply["buttons"]]
    assert payloads[0] == "/find_station:first"


async def test_follow_ups_point_page_and_narrow(talk: Talk) -> None:
    first = names(await talk("花桥附近哪里能充电"))
    detail = await talk("第二个怎么走")
    assert detail.startswith(first[1])
    assert "地图" in detail
    more = names(await talk("还有别的吗"))
    assert len(more) == 3
    assert set(more).isdisjoint(first)
    third = await talk("/find_station:third")
    assert third.startswith(more[2])
    hot = await talk("那能热饭的呢")
    assert "热饭" in hot.splitlines()[0]
    assert "花桥镇" in hot.splitlines()[0]
    open_ones = await talk("现在开着的呢")
    assert "开着的" in open_ones.splitlines()[0]
    assert "热饭" in open_ones.splitlines()[0]
    assert "现在关着" not in open_ones


async def test_a_number_beyond_the_list_is_said_to_be(talk: Talk) -> None:
    await talk("花桥附近哪里能充电")
    assert "刚才列了 3 个" in await talk("第8个怎么走")


async def test_the_question_waits_for_the_place(talk: Talk) -> None:
    asked = await talk("附近有厕所吗")
    assert "您在哪儿" in asked
    found = await talk("人民路")
    assert "卫生间" in found.splitlines()[0]
    assert "人民路附近" in found
    other = await talk("那陆家呢")
    assert "陆家镇" in other.splitlines()[0]
    assert "卫生间" in other.splitlines()[0]


async def test_a_location_answers_and_is_kept_for_the_next_question(talk: Talk) -> None:
    assert "您想在那附近找什么" in await talk("", location={**CENTRE, "label": "人民路"})
    said = await talk("找最近的驿站")
    assert said.startswith("您附近最近的 3 个")
    distances = [int(metres) for metres in re.findall(r"约(\d+)米", said)]
    assert distances == sorted(distances)
    assert distances[0] < 500


async def test_a_location_message_after_the_question(talk: Talk) -> None:
    await talk("哪里能热饭")
    said = await talk("", location={**CENTRE, "label": ""})
    assert "热饭" in said.splitlines()[0]
    assert said.startswith("您附近")


async def test_outside_kunshan_is_said(talk: Talk) -> None:
    assert "不在昆山" in await talk("上海虹桥附近有驿站吗")
    assert "不在昆山" in await talk("找驿站", sender="B", location={"lat": 31.23, "lng": 121.47, "label": "上海"}) or (
        "不在昆山" in await talk("找最近的驿站", sender="B")
    )


async def test_unknown_places_are_asked_about_never_guessed(talk: Talk) -> None:
    said = await talk("天鹅湾附近有驿站吗")
    assert "“天鹅湾”我没查到" in said
    assert not names(said)
    said = await talk("客运北站附近有没有驿站", sender="B")
    assert "没有公布" in said
    assert not names(said)


async def test_places_with_two_meanings_are_asked_about(talk: Talk) -> None:
    said = await talk("花桥站附近能充电的驿站")
    assert "有 2 个" in said
    chosen = await talk("花桥城际站（花桥镇）")
    assert "花桥城际站附近" in chosen.splitlines()[0]
    assert "手机充电" in chosen.splitlines()[0]
    said = await talk("昆山火车站附近有驿站吗", sender="B")
    assert "昆山站" in said
    assert "昆山南站" in said


async def test_several_services_and_what_nobody_has(talk: Talk, bot_services: Services) -> None:
    said = await talk("高新区能热饭又能充电的驿站")
    assert "热饭" in said.splitlines()[0]
    assert "手机充电" in said.splitlines()[0]
    catalogue = [one.code for one in await bot_services.stations.catalogue()]
    assert "hot_meal" in catalogue
    lists = await talk("周庄能换电又有母婴室还能打气修车还能看书的驿站", sender="B")
    assert names(lists)


async def test_a_named_station_is_answered_from_its_row(talk: Talk) -> None:
    said = await talk("人民路示范驿站几点开门")
    assert said.startswith("人民路示范驿站")
    assert "08:00-21:00" in said
    general = await talk("驿站几点开门", sender="B")
    assert "没有统一" in general


async def test_demonstration_sites_by_kind_without_a_made_up_place(host: DialogueHost, talk: Talk) -> None:
    said = await talk("货车司机补给站在哪")
    assert names(said)[0] == "物流港货车司机补给站"
    assert "地址未公布" in said
    (reply,) = await host.handle("A", "第一个怎么走")
    assert "地址未公布" in reply["text"]
    assert "custom" not in reply  # no pin on a map for an address that nobody has published
    streamers = await talk("主播驿站在哪", sender="B")
    assert "好孩子生态馆" in streamers


async def test_a_suggestion_all_at_once(talk: Talk, bot_services: Services) -> None:
    asked = await talk("想提个意见 微波炉坏了半个月没人管")
    assert "哪个驿站" in asked
    read_back = await talk("人民路示范驿站")
    assert "微波炉坏了半个月没人管" in read_back
    done = await talk("对，提交", key="m9")
    number = re.search(r"JY\d{8}-\d{6}", done)
    assert number, done
    person = await bot_services.people.find("A")
    assert person is not None
    (row,) = await bot_services.suggestions.mine(person.id)
    assert (row.number, row.kind, row.station_code) == (number[0], "repair", "S0006")
    assert number[0] in await talk("我提的建议有回复吗")
    await bot_services.suggestions.answer(row.number, "answered", "已换新")
    assert "已换新" in await talk("/leave_suggestion:mine")
    assert "没查到您名下" in await talk(f"{row.number} 怎么样了", sender="B")


async def test_a_suggestion_with_a_picture_and_without_a_place(talk: Talk, bot_services: Services) -> None:
    await talk("/leave_suggestion")
    await talk("希望多放几个插座")
    await talk("/inform:skip")
    assert "照片：1 张" in await talk("", image_url="https://example.org/a.jpg")
    assert "编号 JY" in await talk("/affirm")
    person = await bot_services.people.find("A")
    assert person is not None
    (row,) = await bot_services.suggestions.mine(person.id)
    assert (row.image_url, row.place, row.kind) == ("https://example.org/a.jpg", None, "suggestion")


async def test_a_suggestion_is_not_made_when_it_is_stopped(talk: Talk, bot_services: Services) -> None:
    await talk("/leave_suggestion")
    await talk("希望多放几个插座")
    assert "没有提交" in await talk("/stop")
    person = await bot_services.people.find("A")
    assert person is None or await bot_services.suggestions.mine(person.id) == []


async def test_pointing_at_the_last_one_and_skipping_is_no_cry_for_help(talk: Talk) -> None:
    last = names(await talk("花桥附近哪里能充电"))[-1]
    assert (await talk("最后一个在哪")).startswith(last)
    await talk("/leave_suggestion", sender="B")
    await talk("希望多放几个插座", sender="B")
    assert "地点：没说" in await talk("跳过", sender="B")
    assert "12356" not in await talk("跳过", sender="C")


async def test_a_suggestion_is_corrected_in_the_riders_words(talk: Talk) -> None:
    await talk("/leave_suggestion")
    await talk("希望多放几个插座")
    await talk("花桥")
    said = await talk("不对，地点是陆家")
    assert "地点：陆家" in said
    said = await talk("内容改成希望多放几把椅子")
    assert "多放几把椅子" in said
    assert "插座" not in said


async def test_open_at_night_in_a_town(talk: Talk) -> None:
    said = await talk("高新区有24小时能进的驿站吗")
    assert "24小时开放" in said
    assert len(names(said)) == 3


async def test_a_suggestion_that_names_a_place_keeps_its_words(talk: Talk) -> None:
    await talk("/leave_suggestion")
    said = await talk("希望花桥的驿站晚上晚点关门")
    assert "希望花桥的驿站晚上晚点关门" in said
    assert "地点：花桥" in said


async def test_a_question_inside_the_box_is_answered(talk: Talk) -> None:
    await talk("/leave_suggestion")
    said = await talk("驿站要不要收费？")
    assert "什么建议" in said
    assert "内容" not in said


async def test_nearer_than_the_nearest_there_is_none(talk: Talk) -> None:
    await talk("花桥附近哪里能充电")
    assert "最近的了" in await talk("有没有近一点的")


async def test_nearer_than_a_later_page_is_the_first_page(talk: Talk) -> None:
    first = names(await talk("花桥附近哪里能充电"))
    await talk("还有别的吗")
    assert names(await talk("有没有近一点的")) == first
    assert "最近的了" in await talk("太远了")
