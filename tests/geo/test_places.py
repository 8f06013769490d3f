import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.geo.boundary import kunshan
from bot.geo.distance import haversine_m
from bot.geo.files import GAZETTEER_DIR, read_csv, split_list
from bot.geo.places import PLACE_FILES, Gazetteer, PlaceMatch, find_places, gazetteer, resolve

ROWS = {name: read_csv(GAZETTEER_DIR / f"{name}.csv") for name in PLACE_FILES}
IN_KUNSHAN = [name for name in PLACE_FILES if name != "outside"]
ROW = {
    "name": "测试湾",
    "kind": "village",
    "district": "",
    "lng": "",
    "lat": "",
    "radius_m": "",
    "point_source": "none: test",
    "aliases": "",
    "misspellings": "",
    "cue_only": "",
}


def names(match: PlaceMatch | None) -> set[str]:
    return set() if match is None else {place.name for place in match.candidates}


def found(text: str) -> list[tuple[str, set[str]]]:
    return [(match.surface, names(match)) for match in find_places(text)]


def test_the_gazetteer_is_as_large_as_promised() -> None:
    assert len(ROWS["districts"]) == 11
    assert len(ROWS["villages"]) == 355
    assert len(ROWS["metro"]) == 30
    assert len(ROWS["roads"]) >= 80
    assert len(ROWS["landmarks"]) >= 70


@pytest.mark.parametrize("table", PLACE_FILES)
def test_every_row_resolves_to_itself(table) -> None:
    for row in ROWS[table]:
        assert row["name"] in names(resolve(row["name"])), row["name"]


@pytest.mark.parametrize("table", PLACE_FILES)
def test_every_alias_and_misspelling_resolves(table) -> None:
    for row in ROWS[table]:
        for surface in (*split_list(row["aliases"]), *split_list(row["misspellings"])):
            assert row["name"] in names(resolve(surface)), (row["name"], surface)


@pytest.mark.parametrize("table", IN_KUNSHAN)
def test_every_name_and_alias_is_found_in_a_sentence(table) -> None:
    for row in ROWS[table]:
        if row["kind"] == "city":
            continue
        for surface in (row["name"], *split_list(row["aliases"])):
            text = f"师傅我在{surface}附近哪里能充电"
            match = find_places(text)[0]
            assert row["name"] in names(match), (row["name"], surface)
            assert text[match.start : match.end] == match.surface == surface


@pytest.mark.parametrize("table", IN_KUNSHAN)
def test_points_are_in_kunshan_and_tell_their_source(table) -> None:
    for row in ROWS[table]:
        assert row["point_source"], row["name"]
        if row["point_source"].startswith("none: "):
            assert (row["lng"], row["lat"]) == ("", ""), row["name"]
        else:
            assert kunshan().contains(float(row["lng"]), float(row["lat"])), row["name"]
            assert 300 <= int(row["radius_m"]) <= 6000, row["name"]


def test_places_that_nobody_surveyed_say_so() -> None:
    by_name = {place.name: place for place in gazetteer().places}
    assert all(by_name[row["name"]].approximate for row in ROWS["villages"] if row["lng"])
    assert by_name["绣衣地铁站"].approximate
    assert not by_name["亭林园"].approximate
    assert not by_name["花桥镇"].approximate


@pytest.mark.parametrize("name", ["昆山市第三人民医院", "客运北站", "国际大厦岗亭", "昆山开放大学", "物流港"])
def test_what_has_no_published_place_has_no_point(name) -> None:
    place = resolve(name).place
    assert place.name == name
    assert place.point is None


def test_derived_points_lie_in_their_town_of_the_town_points() -> None:
    towns = {row["name"]: (float(row["lng"]), float(row["lat"])) for row in ROWS["districts"]}
    for row in ROWS["villages"]:
        if row["district"]:
            point = (float(row["lng"]), float(row["lat"]))
            nearest = min(towns, key=lambda town: haversine_m(*point, *towns[town]))
            assert nearest == row["district"], row["name"]


@pytest.mark.parametrize(
    ("said", "candidates"),
    [
        ("昆山火车站边上有厕所吗", {"昆山站", "昆山南站"}),
        ("我在火车站这边", {"昆山站", "昆山南站"}),
        ("昆山站附近", {"昆山站"}),
        ("昆山南站附近", {"昆山南站"}),
        ("高铁站附近哪能歇脚", {"昆山南站"}),
        ("花桥站哪里能歇脚", {"花桥地铁站", "花桥城际站"}),
        ("花桥地铁站哪里能歇脚", {"花桥地铁站"}),
        ("地铁花桥站旁边", {"花桥地铁站"}),
        ("花桥高铁站旁边", {"花桥城际站"}),
        ("沪宁城际花桥站", {"花桥城际站"}),
        ("度假区有驿站吗", {"周庄镇", "锦溪镇", "淀山湖镇"}),
        ("陆家嘴附近有吗", {"陆家镇", "上海陆家嘴"}),
        ("陆家附近有吗", {"陆家镇"}),
        ("花园社区有吗", {"花园社区"}),
        ("11号线上哪有", {"苏州11号线", "上海11号线"}),
        ("苏州11号线哪站有", {"苏州11号线"}),
        ("上海11号线哪站有", {"上海11号线"}),
        ("周市这边", {"周市镇"}),
        ("周庄这边", {"周庄镇"}),
        ("玉山镇有厕所吗", {"高新区"}),
    ],
)
def test_ambiguous_names_ask_and_clear_ones_do_not(said, candidates) -> None:
    (match,) = find_places(said)
    assert names(match) == candidates
    assert match.ambiguous is (len(match.candidates) > 1)
    assert (match.place is None) is match.ambiguous


def test_namesakes_are_told_apart_by_their_label_and_by_the_town_before() -> None:
    match = resolve("花园社区")
    assert {place.label for place in match.candidates} == {"花园社区（高新区）", "花园社区（张浦镇）"}
    assert find_places("张浦花园社区附近")[-1].place.district == "张浦镇"


@pytest.mark.parametrize(
    ("said", "surface", "name"),
    [
        ("我在八成那边", "八成", "巴城镇"),
        ("八成附近有没有", "八成", "巴城镇"),
        ("我在签到这边", "签到", "千灯镇"),
        ("前灯附近哪能热饭", "前灯", "千灯镇"),
        ("我人在漳浦", "漳浦", "张浦镇"),
        ("周氏镇哪有厕所", "周氏镇", "周市镇"),
        ("我在周氏这边", "周氏", "周市镇"),
        ("金溪那边有吗", "金溪", "锦溪镇"),
        ("秀衣岗亭在哪", "秀衣岗亭", "绣衣岗亭"),
        ("秀衣那边", "秀衣", "绣衣地铁站"),
        ("点山湖有驿站吗", "点山湖", "淀山湖镇"),
        ("周装有没有充电的", "周装", "周庄镇"),
        ("我在花侨", "花侨", "花桥镇"),
        ("绿葭站下来", "绿葭", "菉葭地铁站"),
        ("停林园门口", "停林园", "亭林园"),
        ("万像汇楼下", "万像汇", "万象汇"),
        ("里库这边", "里库", "里厍社区"),
        ("高薪区有吗", "高薪区", "高新区"),
        ("绿地大到哪有充电", "绿地大到", "绿地大道"),
        ("花橋鎮附近", "花橋鎮", "花桥镇"),
        ("崑山南站附近", "崑山南站", "昆山南站"),
    ],
)
def test_misspelt_names_are_understood_in_place_context(said, surface, name) -> None:
    (match,) = find_places(said)
    assert (match.surface, names(match)) == (surface, {name})


@pytest.mark.parametrize(
    ("said", "surface", "name"),
    [
        ("我在花敲附近", "花敲", "花桥镇"),
        ("州是这边有厕所吗", "州是", "周市镇"),
        ("离蓬浪近的驿站", "蓬浪", "蓬朗社区"),
        ("我在帧川附近", "帧川", "震川社区"),
        ("国极大厦附近", "国极大厦", "国际大厦"),
        ("我在昆成广常旁边", "昆成广常", "昆城广场"),
        ("万想会附近", "万想会", "万象汇"),
        ("点杉湖那边", "点杉湖", "淀山湖镇"),
        ("朝杨西路附近", "朝杨西路", "朝阳西路"),
    ],
)
def test_names_by_their_sound_next_to_a_location_word(said, surface, name) -> None:
    (match,) = find_places(said)
    assert (match.surface, names(match), match.via) == (surface, {name}, "pinyin")


@pytest.mark.parametrize(
    "said",
    [
        "电充到八成要多久",
        "八成是站长扣的",
        "车子八成新",
        "现在八成",
        "在哪签到",
        "去签到",
        "签到打卡怎么弄",
        "我车前灯坏了",
        "前灯不亮会罚款吗",
        "下周市里有活动吗",
        "下下周市领导来",
        "每周市场都这样",
        "劳动争议附近窗口怎么办",
        "大陆家庭能办吗",
        "我姓周",
        "华侨银行在哪",
        "河南人能办吗",
        "我是上海人",
        "苏州银行能办吗",
        "江苏开放大学认不认",
        "签的是上海某某人力公司",
        "老板让我前进一步",
        "钱打到账记录没有",
        "这个力量太大",
        "我没有时间",
        "昆山有多少个驿站",
        "在三元一份",
        "",
        "   ",
        "😀😀",
    ],
)
def test_words_that_are_no_places(said) -> None:
    assert found(said) == []


@pytest.mark.parametrize(
    ("said", "surface"),
    [
        ("我在上海", "上海"),
        ("浦东哪里能充电", "浦东"),
        ("苏州有没有驿站", "苏州"),
        ("苏州高新区有吗", "苏州高新区"),
        ("我在安亭", "安亭"),
        ("太仓那边能用吗", "太仓"),
        ("上海人民路附近", "上海人民路"),
        ("唯亭站旁边", "唯亭站"),
        ("江西玉山有吗", "江西玉山"),
        ("漳浦县", "漳浦县"),
        ("上海虹桥火车站", "上海虹桥"),
        ("我在杭州送货", "杭州"),
        ("常州开放大学怎么报名", "常州开放大学"),
    ],
)
def test_places_elsewhere_are_outside(said, surface) -> None:
    match = find_places(said)[0]
    assert match.outside
    assert match.surface.startswith(surface[:2])
    assert len(find_places(said)) <= 2
    assert match.candidates[0].point is None


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("苏州昆山花桥有吗", "花桥镇"),
        ("苏州市昆山市陆家镇", "陆家镇"),
        ("江苏省苏州市昆山市周庄", "周庄镇"),
        ("苏州周庄古镇附近", "周庄古镇"),
        ("从上海到花桥 花桥哪里能歇", "花桥镇"),
        ("昆山浦东软件园", "昆山浦东软件园"),
        ("花桥绿地大道有没有", "绿地大道"),
        ("周市镇新镇路那块", "新镇路"),
    ],
)
def test_locate_takes_the_most_specific_place_in_kunshan(said, name) -> None:
    match = gazetteer().locate(said)
    assert names(match) == {name}
    assert not match.outside


@pytest.mark.parametrize(
    "value", ["张三李四", "吃饭", "八达岭长城", "不知道", "随便", "12345", "", "　", "争议", "巴黎"]
)
def test_an_unknown_place_is_none(value) -> None:
    assert resolve(value) is None


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("八成", "巴城镇"),
        ("签到", "千灯镇"),
        ("昆山市花桥镇", "花桥镇"),
        ("我在周市附近", "周市镇"),
        ("昆山 南站", "昆山南站"),
        ("在石牌那边", "石牌"),
        ("花敲", "花桥镇"),
        ("昆山", "昆山市"),
        ("我住在花桥徐公桥路边上", "徐公桥路"),
    ],
)
def test_a_value_given_as_a_place(value, name) -> None:
    assert names(resolve(value)) == {name}


def test_longest_match_first() -> None:
    assert found("花桥经济开发区附近") == [("花桥经济开发区", {"花桥镇"})]
    assert found("昆山南站在哪") == [("昆山南站", {"昆山南站"})]
    assert found("千灯古镇边上") == [("千灯古镇", {"千灯古镇"})]


@pytest.mark.parametrize("text", ["ｘ　花桥附近", "\u200b我在\u200b花桥😀附近", "我在昆山 南站 这里", "我在花橋\n附近"])
def test_offsets_are_those_of_the_original(text) -> None:
    (match,) = find_places(text)
    assert text[match.start : match.end] == match.surface
    assert "花" in match.surface or "南站" in match.surface


@given(
    st.text(
        alphabet=st.one_of(st.characters(), st.sampled_from("在到花桥周市八成签到附近那边 昆山南站　\u200b")),
        max_size=60,
    )
)
@settings(max_examples=400, deadline=None, derandomize=True)
def test_any_text_gives_ordered_matches_with_true_offsets(text) -> None:
    end = 0
    for match in find_places(text):
        assert end <= match.start < match.end <= len(text)
        assert text[match.start : match.end] == match.surface
        assert match.candidates
        end = match.end
    resolve(text)


def test_speed() -> None:
    text = "师父 附近有没有能充电歇会儿的地方 我在昆城广场这边"
    find_places(text)
    start = time.thread_time()
    for _ in range(50):
        find_places(text)
    assert (time.thread_time() - start) / 50 < 0.001
    start = time.thread_time()
    find_places("在八成那边附近到 " * 5000)
    assert time.thread_time() - start < 2.0


def test_rows_that_do_not_hold_together_are_refused() -> None:
    with pytest.raises(ValueError, match="both lng and lat"):
        Gazetteer([ROW | {"lng": "121.0"}])
    with pytest.raises(ValueError, match="cue_only"):
        Gazetteer([ROW | {"cue_only": "没有的"}])


def test_a_new_row_works_at_once() -> None:
    own = Gazetteer([ROW | {"aliases": "测试", "cue_only": "测试", "misspellings": "侧试湾"}])
    assert [match.surface for match in own.find_places("测试一下 我在测试湾")] == ["测试湾"]
    assert names(own.resolve("侧试湾")) == {"测试湾"}
    assert own.find_places("我在花桥") == []


def test_common_words_are_never_places_by_their_sound() -> None:
    for row in read_csv(GAZETTEER_DIR / "common_words.csv"):
        word = row["word"]
        assert not any(match.via == "pinyin" and match.surface == word for match in find_places(f"在{word}附近")), word


@pytest.mark.parametrize(
    ("text", "surface", "name"),
    [
        ("zhangpu", "zhangpu", "张浦镇"),
        ("wo zai huaqiao xiang xie xie", "huaqiao", "花桥镇"),
        ("wo zai renmin lu xie huo", "renmin lu", "人民路"),
        ("Kunshan nan zhan 有驿站吗", "Kunshan nan zhan", "昆山南站"),
    ],
)
def test_places_typed_in_letters(text, surface, name):
    (match,) = find_places(text)
    assert (match.surface, match.place.name, match.via) == (surface, name, "pinyin")


@pytest.mark.parametrize(
    "text", ["gongzi bu fa", "wo xiang zhao yi zhan", "app wifi ok", "mei tuan zhan zhang kou qian"]
)
def test_letters_that_name_no_place(text):
    assert find_places(text) == []
