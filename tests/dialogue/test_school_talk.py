"""昆小哥学堂 in talk: second degree, what holds for another schooling, whose name is no field of study."""

from __future__ import annotations

import pytest

from bot.actions.school_talk import level_asked, two_degrees
from tests.dialogue.conftest import Talk


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("我之前有个大专了 再读一个大专给补吗", ("大专", "大专")),
        ("我有本科了想再读一个本科，给补不", ("本科", "本科")),
        ("已经有个本科了再读一个 还给补学费不", ("本科", "本科")),
        ("已有本科再读大专补不补", ("本科", "大专")),
        ("我手里有个老大专证，再念个大专还补不", ("大专", "大专")),
        ("我之前有个大专了 再读一个本科给补吗", ("大专", "本科")),
        ("专升本算不算二学历，补不补", ("大专", "本科")),
        ("二学历补不补", ("", "")),
        ("第二学历给不给补", ("", "")),
        # no yes or no of ours: not published, another question, or a sum to work out
        ("以前在老家读过大专没毕业，现在再读算二学历吗，给不给补", None),
        ("第二学历为啥不补", None),
        ("不含二学历什么意思", None),
        ("大专读完再读本科，两次都补吗", None),
        ("我已经有个大专了再读个本科，学费一万，我能拿多少", None),
        ("再读一个大专要几年", None),
        ("拿了厂里的培训补贴，再拿你们那个一半学费，冲突不", None),
        ("大专学费补一半吗", None),
    ],
)
def test_degree_had_and_degree_wanted(text: str, degrees: tuple[str, str] | None) -> None:
    assert two_degrees(text) == degrees


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("那中专呢", "中专"),
        ("大专有吗", "大专"),
        ("初中毕业行不行", "初中"),
        ("只有高中能读不", "高中"),
        ("研究生呢", "研究生"),
        ("大专给不给补", "大专"),
        ("大专", None),
        ("我读大专", None),
        ("本科学费多少", None),
        ("大专毕业想读本科行吗", None),
        ("中专学校在哪呢", None),
    ],
)
def test_a_schooling_asked_about_and_nothing_else(text: str, level: str | None) -> None:
    assert level_asked(text) == level


@pytest.mark.parametrize(
    "text", ["我之前有个大专了 再读一个大专给补吗", "我有本科了想再读一个本科，给补不", "二学历给补不"]
)
async def test_a_second_degree_is_a_plain_no(talk: Talk, text: str) -> None:
    said = await talk(text)
    assert said.startswith("不补")
    assert "不含二学历" in said
    assert "以昆山开放大学认定为准" in said


async def test_upwards_is_no_second_degree(talk: Talk) -> None:
    said = await talk("我之前有个大专了 再读一个本科给补吗")
    assert said.startswith("按规定能补")
    assert "50%" in said


async def test_the_award_of_another_level(talk: Talk) -> None:
    await talk("双钱计划一千块咋领")
    assert (await talk("大专有吗")).startswith("大专没有")
    assert (await talk("本科呢")).startswith("本科有")
    assert (await talk("那中专呢")).startswith("中专没有")


async def test_schooling_after_an_answer_about_the_school(talk: Talk) -> None:
    await talk("学堂要什么学历")
    said = await talk("那中专呢")
    assert "中专毕业证可以报大专" in said
    assert "上牌" not in said
    assert "先问昆山开放大学" in await talk("初中呢")


async def test_schooling_means_nothing_of_the_school_elsewhere(talk: Talk) -> None:
    await talk("附近哪有驿站 我在花桥")
    assert "可以报大专" not in await talk("那中专呢")


async def test_a_question_in_the_sign_up_is_answered_and_the_form_goes_on(talk: Talk) -> None:
    await talk("我要报名昆小哥学堂")
    said = await talk("那中专呢")
    assert "学堂只有大专和本科" in said
    assert "大专还是本科" in said


@pytest.mark.parametrize("name", ["张三", "李小梅", "我叫王强", "姓名：陈大勇"])
async def test_a_name_is_no_field_of_study(talk: Talk, name: str) -> None:
    await talk("我要报名昆小哥学堂")
    await talk("大专")
    await talk("高中")
    said = await talk(name)
    assert "名字先不用留" in said
    assert "专业" in said
    await talk("没想好")
    card = await talk("13812345678")
    assert "现有学历：高中" in card
    assert name not in card


@pytest.mark.parametrize(
    "major",
    ["汽修", "会计", "金融", "护理", "高铁乘务", "康复治疗", "应用化工", "水利工程", "物流管理", "马术", "田径"],
)
async def test_a_field_of_study_is_no_name(talk: Talk, major: str) -> None:
    await talk("我要报名大专 高中毕业 13812345678")
    card = await talk(major)
    assert f"专业意向：{major}" in card
