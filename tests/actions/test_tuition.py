"""A tuition in every way it is said: whole, by the credit, term, year, month, course; ranges, abouts, corrections."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.actions.learners import read_learners, read_other
from bot.actions.subsidy import members_of
from bot.actions.tuition import Fee, changed, fee_sums, read_fee, with_count

SETTINGS = settings(max_examples=120, deadline=None, derandomize=True)


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("69块一个学分 75个学分 本科 补多少", 5175),
        ("每学分69元 75学分", 5175),
        ("一个学分六十九 一共七十五个学分", 5175),
        ("本科六十九一个学分 七十五个", 5175),
        ("69元/学分 75学分", 5175),
        ("75个学分 每个学分69", 5175),
        ("学分费69 修75学分", 5175),
        ("学分57.5元，共80个", 4600),
        ("学费69×75", 5175),
        ("学费4000一学期 五个学期 大专", 20000),
        ("每学期4000 读5个学期", 20000),
        ("四千一学期读五期", 20000),
        ("五学期 每学期3800", 19000),
        ("学费4000一学期，读2.5年", 20000),
        ("一学期四千 读两年半", 20000),
        ("学费一年3650，读两年半，本科，补多少", 9125),
        ("每年3000 一共三年", 9000),
        ("本科三年 学费一年4千", 12000),
        ("学费 每学年 4500 3学年", 13500),
        ("六千五一年 2年半 本科 补几多", 16250),
        ("一门课500 一共24门", 12000),
        ("每月300 读30个月", 9000),
        ("一个月一千 读两年", 24000),
        ("学费第一年3000 第二年4000", 7000),
        ("一学期4000 一共20000", 20000),
        ("学费3000一年 3年 一共9000", 9000),
        ("学费一万二 交了八千 还差四千 补多少", 12000),
        ("学费一万二交了八千", 12000),
        ("书本费六百加学费八千二 本科", 8200),
        ("学费八千二 教材费六百", 8200),
        ("读三年本科 学费一万二", 12000),
        ("学费两年一共一万", 10000),
        ("第一学期4000 本科", 4000),
        ("12000元 不对 13500", 13500),
        ("学费一万二 不对 是九千", 9000),
        ("一学期4000 不对 是4500 五个学期", 22500),
        ("69块一个学分 75个学分 说错了 是70块", 5250),
        ("学费12,000元", 12000),
        ("学费１２，０００元", 12000),
        ("本科学费 2万3", 23000),
        ("学费总共一万零五十", 10050),
        ("大专学费九千六百块零五毛", 9600.5),
        ("学费一千 大专", 1000),
    ],
)
def test_the_whole_tuition(text: str, yuan: float) -> None:
    fee = read_fee(text)
    assert fee is not None
    assert not fee.pending
    assert (fee.fen / 100, fee.high_fen) == (yuan, None)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("学费一万到一万二 大专", 10000, 12000),
        ("学费10000到12000", 10000, 12000),
        ("学费七八千", 7000, 8000),
        ("学费一年一万到一万二 读三年", 30000, 36000),
        ("大专学费每学期三千到四千 五学期", 15000, 20000),
    ],
)
def test_a_range_keeps_both_ends(text: str, low: int, high: int) -> None:
    fee = read_fee(text)
    assert fee is not None
    assert (fee.fen, fee.high_fen) == (low * 100, high * 100)


@pytest.mark.parametrize("text", ["学费八千多 本科", "学费大概八千", "学费八千左右", "学费不到八千", "学费八千来块"])
def test_about_is_kept_as_about(text: str) -> None:
    fee = read_fee(text)
    assert fee is not None
    assert (fee.fen, fee.about) == (800_000, True)


@pytest.mark.parametrize("text", ["69块一个学分 本科 补多少", "一学期4000 大专", "一门课五百 大专", "每月300"])
def test_the_price_of_one_is_no_tuition(text: str) -> None:
    fee = read_fee(text)
    assert fee is not None
    assert fee.pending


@pytest.mark.parametrize("text", ["还有那一千块呢", "75个学分", "读两年半", "能补多少", "书本费八百", "工会的1000块"])
def test_no_tuition(text: str) -> None:
    assert read_fee(text) is None


@SETTINGS
@given(
    each=st.integers(1, 9_999_99),
    count=st.integers(2, 200),
    words=st.sampled_from(
        [
            ("{}元一个学分 {}个学分", 1),
            ("每学分{}元，一共{}学分", 1),
            ("{1}个学分 每个学分{0}元", 1),
            ("学费{}元一学期 {}个学期", 1),
            ("每学期{}元 读{}学期", 1),
            ("一门课{}元 {}门", 1),
            ("学费{}元×{}", 1),
        ]
    ),
)
def test_so_much_a_unit_times_the_units(each: int, count: int, words: tuple[str, int]) -> None:
    yuan = f"{each // 100}.{each % 100:02d}" if each % 100 else str(each // 100)
    fee = read_fee(words[0].format(yuan, count))
    assert fee is not None
    assert fee.fen == each * count


@SETTINGS
@given(tuition=st.integers(10_000, 5_000_000), count=st.integers(1, 300))
def test_a_number_told_later_gives_the_same_as_at_once(tuition: int, count: int) -> None:
    price = Fee(tuition, each_fen=tuition, unit="credit")
    later = with_count(price, f"{count}个学分") if count > 1 else with_count(price, str(count))
    assert later is not None
    assert later.fen == tuition * count
    assert Fee.of_kept(later.kept()) == later


@pytest.mark.parametrize(
    ("before", "text", "yuan"),
    [
        ("学费一万二", "改成13,500", 13500),
        ("学费一万二", "不对 是九千", 9000),
        ("学费一万二", "学费改成8000", 8000),
        ("学费一万二", "按一万五算", 15000),
        ("学费一万二", "那大专呢", 12000),
        ("学费一万二", "再加书本费八百呢", 12000),
        ("学费一万二", "还有那一千块呢", 12000),
        ("学费一年四千 读三年", "不对 是两年半", 10000),
        ("学费一年四千 读三年", "改成5000", 15000),
        ("学费一年四千 读三年", "不对 一共一万", 10000),
        ("69块一个学分 75个学分", "不对 是80个学分", 5520),
        ("69块一个学分 75个学分", "要是57块5一个学分呢", 4312.5),
        ("69块一个学分 75个学分", "改成57.5", 4312.5),
        ("一学期四千 五个学期", "不对 六个学期", 24000),
    ],
)
def test_what_ifs(before: str, text: str, yuan: float) -> None:
    first = read_fee(before)
    assert first is not None
    assert changed(text, first)[0].fen == yuan * 100


@pytest.mark.parametrize(
    ("text", "courses"),
    [
        ("专科学费7000本科学费8000都读能补多少", [("", "junior_college", 7000), ("", "bachelor", 8000)]),
        ("大专本科分别七千和八千", [("", "junior_college", 7000), ("", "bachelor", 8000)]),
        ("九千的大专 一万二的本科", [("", "junior_college", 9000), ("", "bachelor", 12000)]),
        ("大专一年3000三年 本科一年4000两年", [("", "junior_college", 9000), ("", "bachelor", 8000)]),
        ("学费8000 大专和本科各能补多少", [("", "junior_college", 8000), ("", "bachelor", 8000)]),
        ("本科两万 我老婆读大专九千", [("", "bachelor", 20000), ("老婆", "junior_college", 9000)]),
        ("老婆读大专学费7000 我读本科学费8000", [("老婆", "junior_college", 7000), ("", "bachelor", 8000)]),
        ("我和老婆都读本科 学费各一万二", [("", "bachelor", 12000), ("老婆", "bachelor", 12000)]),
        ("我读大专九千 我弟读大专八千 各补多少", [("", "junior_college", 9000), ("弟弟", "junior_college", 8000)]),
        (
            "大专57.5一个学分 80学分 本科69一个学分 75学分",
            [("", "junior_college", 4600), ("", "bachelor", 5175)],
        ),
    ],
)
def test_several_courses_each_with_its_sum(text: str, courses: list[tuple[str, str, int]]) -> None:
    found = read_learners(text)
    assert [(one.who, one.level, one.fee and one.fee.fen / 100) for one in found] == courses


@pytest.mark.parametrize(
    "text",
    [
        "本科学费一万二",
        "大专毕业读本科学费一万",
        "本科学费一万二 交了八千",
        "专升本本科学费一万二",
        "大专8000本科呢",
        "我弟弟工资九千 我读大专",
        "老公给我交的学费 本科一万二",
        "本科学费一万到一万二",
    ],
)
def test_one_course_is_not_made_two(text: str) -> None:
    assert read_learners(text) == []


def test_somebody_else_beside_the_last_case() -> None:
    other = read_other("我老婆也读大专 九千", "bachelor")
    assert other is not None
    assert (other.who, other.level, other.fee and other.fee.fen) == ("老婆", "junior_college", 900_000)
    same = read_other("我弟弟也读 九千", "bachelor")
    assert same is not None
    assert same.level == "bachelor"


@pytest.mark.parametrize(
    "text", ["我老婆说学费九千", "我老婆工资九千没发", "老公的押金八百", "我老婆读大专", "九千", "我朋友借我九千交学费"]
)
def test_nobody_else_studies(text: str) -> None:
    assert read_other(text, "bachelor") is None


@pytest.mark.parametrize(
    ("text", "mine", "other"),
    [
        ("我是会员她不是", True, False),
        ("她是会员我不是", False, True),
        ("都是会员", True, True),
        ("我俩都不是会员", False, False),
        ("我读大专七千 我对象读本科一万 他是会员", None, True),
        ("老婆读大专学费7000 我读本科学费8000 会员", True, None),
        ("本科两万 我是工会会员 我老婆读大专九千", True, None),
        ("我学费是7000 她的是8000", None, None),
    ],
)
def test_who_of_two_is_in_the_union(text: str, mine: bool | None, other: bool | None) -> None:
    asked = not any(character.isdigit() for character in text) and len(text) < 10
    assert members_of(text, "", asked=asked) is mine
    assert members_of(text, "老婆", asked=asked) is other


def test_the_sums_found_are_no_fees_beside() -> None:
    assert [m.fen for m in fee_sums("书本费六百 报名费30元 学费八千二")] == [820_000]
