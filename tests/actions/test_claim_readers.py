"""What a claim takes in, read without a model: sums beside phones, phones mended, names and no names, tickets put right."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from bot.actions import dispute_when as when
from bot.actions.bank import CARD_NUMBER
from bot.actions.dispute_remarks import highest
from bot.actions.dispute_story import SHORT_CLAIM, is_a_name
from bot.actions.form_reading import _SAID_WRONG
from bot.actions.phone_mended import is_in_doubt, mended
from bot.actions.registry import NO_QUESTION
from bot.actions.supplement import _ANNOUNCES
from bot.actions.ticket_mended import kind, lacks_value, new_sum
from bot.actions.wording import wants_to_park
from bot.language import find_money, find_phones, normalise
from bot.services.clock import SHANGHAI

NOW = datetime(2026, 11, 25, 10, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "text",
    [
        "圆通欠薪 20000 13912345674",
        "圆通欠薪 13912345674 20000",
        "饿了么欠我5000 13700004463 9月份离职的",
        "美团欠我8000 13712345678 10月3号走的",
        "12000 138 1234 5678",
        "12000-13812345678",
        "9月3200 10月4500 13812345678",
    ],
)
def test_sums_beside_a_phone_are_no_card(text: str) -> None:
    assert not re.search(CARD_NUMBER, normalise(text).text)
    assert [phone.valid for phone in find_phones(text)] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "卡号6217 0012 3456 7890 123",
        "6225880123456789",
        "6225-8801-2345-6789",
        "6225 8801 2345 6789 13812345678",
        "6222021234567890123 13812345678",
        "622202 1234567890123",
    ],
)
def test_a_card_is_still_a_card(text: str) -> None:
    assert re.search(CARD_NUMBER, normalise(text).text)


def test_every_sum_beside_a_phone_leaves_the_phone_to_be_read() -> None:
    """One in ten of these joined fits the sum of a bank card."""
    for yuan in range(10_000, 10_040):
        assert [p.number for p in find_phones(f"圆通欠薪 {yuan} 13912345674")] == ["13912345674"], yuan


def test_the_coin_and_the_firm_of_one_letter() -> None:
    assert [m.surface for m in find_money("欠我4000 圆通")] == ["4000"]
    assert [m.surface for m in find_money("欠我五千圆")] == ["五千圆"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("不对 电话最后一位是4", "13712345674"),
        ("电话最后一位打错了 是4", "13712345674"),
        ("手机号错了 尾号3334", "13712343334"),
        ("最后一位不是8 是3", "13712345673"),
        ("最后两位是56", "13712345656"),
        ("后四位是3334", "13712343334"),
        ("电话最后是4", "13712345674"),
        ("末位是九", "13712345679"),
        ("手机打错了一个数 最后是9", "13712345679"),
        ("最后是4000", None),
        ("最后一笔是4000", None),
        ("最后一个月四千", None),
        ("最后两个月没发", None),
        ("最后一位是23", None),
        ("尾款3000", None),
        ("后面两个月3000", None),
        ("请查询：身份证尾号2217，年卡评选结果", None),
        ("手机号写错了 13800138000", None),
    ],
)
def test_a_phone_is_mended_by_its_end(text: str, number: str | None) -> None:
    assert mended(text, "13712345678") == number


@pytest.mark.parametrize("text", ["手机号错了", "我的电话号码打错了", "不对 电话不对", "金额不对", "公司名写错了"])
def test_a_value_said_to_be_wrong(text: str) -> None:
    assert _SAID_WRONG.fullmatch(text)


@pytest.mark.parametrize(
    "text",
    ["蓝天骑士", "快马配送周市站", "圆通", "宏达", "小李外卖代理", "昆山鼎盛人力", "饿了么专送", "顺路帮"],
)
def test_names_of_firms(text: str) -> None:
    assert is_a_name(text)


@pytest.mark.parametrize(
    "text",
    [
        "不对 是两个月",
        "填这个干嘛 你们会不会告诉我老板",
        "不用记",
        "我有录音要补",
        "补上时间地点",
        "三个月",
        "都两年了",
        "你说呢",
        "站里没给合同",
        "先等等",
        "他老是拖",
        "那怎么办",
        "去年8月",
        "然后就没下文了",
    ],
)
def test_talk_is_no_name_of_a_firm(text: str) -> None:
    assert not is_a_name(text)


@pytest.mark.parametrize(
    ("text", "what", "yuan"),
    [
        ("金额写错了 是6000", "sum", 6000),
        ("金额不对 应该是8000", "sum", 8000),
        ("改一下 金额是6000", "sum", 6000),
        ("不是4000 是6000", "sum", 6000),
        ("单位写错了 是饿了么", "firm", None),
        ("公司不是圆通 是申通", "firm", None),
        ("我电话换了 13700003347", "phone", None),
        ("手机号换成 13700003348", "phone", None),
        ("电话最后一位是4", "phone", None),
        ("老板今天发了两千 还剩两千", "paid", 2000),
        ("已经还了三千 现在还欠五千", "paid", 5000),
        ("公司发了一半", "paid", None),
        ("我离职了", "left", None),
        ("10月3号走了", "left", None),
    ],
)
def test_what_is_put_right_in_a_ticket(text: str, what: str, yuan: int | None) -> None:
    assert kind(text) == what
    if yuan is not None:
        assert new_sum(text) == yuan * 100
    assert not lacks_value(text)


@pytest.mark.parametrize(
    "text",
    [
        "又罚了两百",
        "老板又扣了五百",
        "老板还没给钱",
        "还欠我三千没给",
        "还有押金五百没退",
        "单位还没联系我",
        "公司改名了",
        "我搞错了",
        "不是",
        "给我打电话",
        "电话是多少",
        "钱给错人了",
        "工单怎么样了",
        "另外8月工资也没给 三千",
    ],
)
def test_what_puts_nothing_right(text: str) -> None:
    assert kind(text) is None


@pytest.mark.parametrize("text", ["金额写错了", "电话写错了", "单位写错了", "手机停机了"])
def test_what_is_wrong_without_what_is_right(text: str) -> None:
    assert lacks_value(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("5000 我上个月走的", "上个月"),
        ("8000 10月3号走的", "10月3号"),
        ("9月份离职的", "9月份"),
        ("9月没发 我还在干", None),
    ],
)
def test_when_somebody_left(text: str, words: str | None) -> None:
    assert when.left(text, NOW) == words


def test_the_end_of_a_time_is_a_day() -> None:
    assert when.end_of("9月12号到10月3号", NOW) == "2026年10月3日"
    assert when.end_of("9月", NOW) is None
    assert when.end_of("9月到现在", NOW) is None


def test_the_upper_end_of_a_range() -> None:
    assert highest("大概三千到五千", 300_000) == 500_000
    assert highest("五千左右", 500_000) is None


@pytest.mark.parametrize(
    "text", ["我有录音要补", "我有聊天截图要补", "我有三张截图", "有老板的录音", "录音可以发吗", "合同在我这"]
)
def test_what_is_announced_is_no_addition(text: str) -> None:
    assert _ANNOUNCES.fullmatch(text)


@pytest.mark.parametrize(
    "text", ["聊天截图里老板承认欠我五千", "我有录音 老板说月底给", "我没签合同", "工资条上写的四千"]
)
def test_what_tells_something_is_an_addition(text: str) -> None:
    assert not _ANNOUNCES.fullmatch(text)


@pytest.mark.parametrize("text", ["等下 我先问问律师 明天再弄", "先不交 我再想想", "明天再说", "先别提交", "改天再办"])
def test_a_form_is_put_off(text: str) -> None:
    assert wants_to_park(text)


@pytest.mark.parametrize(
    "text",
    ["老板说明天再给钱", "他们说以后再说", "先不填单位", "老板说过几天再说 一直拖", "明天能办吗", "站长让我下次再说"],
)
def test_what_others_put_off_puts_no_form_off(text: str) -> None:
    assert not wants_to_park(text)


@pytest.mark.parametrize(
    "text", ["圆通欠薪 13912345674 2万", "韵达欠薪 13912345674", "欠我三千 申通", "顺丰工资没发 5000"]
)
def test_pay_withheld_with_a_sum_is_a_claim(text: str) -> None:
    assert re.match(NO_QUESTION + SHORT_CLAIM, normalise(text).text)


@pytest.mark.parametrize(
    "text", ["12345管不管欠薪", "漏讲一个事 老板还欠我过节费三百 加到单子上", "欠薪5000怎么办", "没欠薪 2000块押金退了"]
)
def test_a_question_or_an_addition_is_no_claim(text: str) -> None:
    assert not re.match(NO_QUESTION + SHORT_CLAIM, normalise(text).text)


def test_a_number_in_doubt_is_asked_for_again() -> None:
    assert is_in_doubt("手机打错了一个数")
    assert not is_in_doubt("号码没错")
    assert not is_in_doubt("电话没打错")
    assert not is_in_doubt("手机号写错了 13800138000")


@pytest.mark.parametrize(
    "text", ["改成周五", "改到周五吧", "换到周三", "换到周四", "改成三号", "改成3个人", "换成第2个", "改成上午九点"]
)
def test_a_day_or_a_count_is_no_sum_of_a_ticket(text: str) -> None:
    assert kind(text) is None


@pytest.mark.parametrize(
    "text", ["钱给我了", "他还给我了", "老板把钱给我了", "已经还我了", "工资结清了", "身份证拿回来了", "钱到账了"]
)
def test_what_has_come(text: str) -> None:
    assert kind(text) == "settled"


@pytest.mark.parametrize(
    "text",
    [
        "老板打我了",
        "站长打我了",
        "还没给我",
        "钱没了",
        "他骂我了",
        "扣我钱了",
        "发烧了",
        "他给我扣了",
        "工资少发了",
        "老板不给了",
    ],
)
def test_what_has_not_come(text: str) -> None:
    assert kind(text) is None
