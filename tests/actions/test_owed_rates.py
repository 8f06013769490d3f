"""A month's pay times the months, a head's sum times the heads; and the many sentences that are neither."""

from __future__ import annotations

import pytest

from bot.actions.owed_rates import is_unclear, rate, still_owed


@pytest.mark.parametrize(
    ("told", "people", "yuan"),
    [
        ("一个月四千 欠了三个月", None, 12_000),
        ("三个月没发工资了；一个月五千", None, 15_000),
        ("欠我三个月工资 每个月四千五", None, 13_500),
        ("干了三个月 工资八千一个月 一分没给", None, 24_000),
        ("干了三个月一分没给；一个月八千", None, 24_000),
        ("月薪6500 两个半月没发", None, 16_250),
        ("欠我半个月工资 一个月六千", None, 3_000),
        ("每个月扣我200 扣了五个月", None, 1_000),
        ("每天扣20 扣了30天", None, 600),
        ("老板三个月没开工资了 每个月4500", None, 13_500),
        ("罚款 一天50 罚了六天", None, 300),
        ("每个月少发五百 少发了六个月", None, 3_000),
        ("四个人没拿到工资 每人5000", 4, 20_000),
        ("我们五个人 一人欠三千", 5, 15_000),
        ("三个人 各欠两千", 3, 6_000),
        ("美团欠我工资 一个月4000 三个月 已经给了2000", None, 10_000),
        ("美团欠我工资 一个月3000 5个月 给了5000", None, 10_000),
        ("老板给了2000 一个月4000 欠三个月", None, 10_000),
        ("一个月4000 三个月没发 发过2000了", None, 10_000),
        ("饿了么欠薪 月薪5000 欠三个月 中间给过一次3000", None, 12_000),
        ("说好一个月4000 干了三个月 给了4000", None, 8_000),
        ("一天200 干了20天 给了1000", None, 3_000),
        ("一天200 欠20天 预支了1000", None, 3_000),
        ("一个月4000 欠一个月 给了2000", None, 2_000),
        ("达达欠我 每月4000 欠两个月 另外押金500", None, 8_500),
        ("一个月四千 欠了三个月 还有押金五百", None, 12_500),
        ("一个月4000 欠三个月 押金500没退", None, 12_500),
        ("一个月4000 欠三个月 押金500退了", None, 12_000),
        ("一个月4000 欠三个月 交了500押金", None, 12_000),  # kept in the story; nobody said that it is owed
        ("一个月4000 欠三个月 12000", None, 12_000),
    ],
)
def test_a_rate_and_how_often_make_the_sum(told: str, people: int | None, yuan: int) -> None:
    found = rate(told, people)
    assert found is not None
    assert found.total == yuan * 100
    assert f"合计{yuan}元" in found.words


@pytest.mark.parametrize(
    ("told", "people"),
    [
        ("一共欠我12000 一个月4000", None),  # the total is told
        ("工资8000 欠了3个月", None),  # may be all
        ("欠了三个月工资 一万二", None),
        ("欠我一个月工资4000", None),
        ("一个月四千 一个月没发", None),
        ("一个月六千 只给了三千 欠了两个月", None),
        ("干了三个月 一个月4000 只给了2000", None),
        ("一个月4000 三个月没发 超时罚了300", None),
        ("一个月4000 欠三个月 还没给2000", None),
        ("一个月4000 三个月 给了2000 还欠10000", None),
        ("一个月5000 欠两个月 一个月4000 欠一个月", None),
        ("一个月4000 欠一个月 已经给了4000", None),
        ("3月份工资4000没发", None),
        ("上个月欠四千", None),
        ("超时一单扣我一百五 一个月扣了两千多", None),
        ("一个月扣了两千", None),
        ("押金五百不退 说我干不满一个月", None),
        ("每人欠五千", None),
        ("9月10月两个月工资 12000", None),
        ("不是四千一个月 欠了三个月", None),
        ("一个月三千到五千 欠了三个月", None),
    ],
)
def test_what_is_no_rate_is_left_alone(told: str, people: int | None) -> None:
    assert rate(told, people) is None


@pytest.mark.parametrize("told", ["一个月四千 干了三个月", "底薪一个月3000 拖了两个多月", "两年没涨工资 一个月3000"])
def test_a_rate_without_its_months_is_no_sum(told: str) -> None:
    found = rate(told)
    assert found is not None
    assert found.total is None


@pytest.mark.parametrize(
    ("told", "yuan"),
    [
        ("老板昨天给了两千 还欠四千 圆通", 4000),
        ("站长给了我三千还欠五千没给", 5000),
        ("欠我五千 还欠三千", None),
        ("老板还欠四千", None),
    ],
)
def test_what_is_left_of_a_debt_partly_paid(told: str, yuan: int | None) -> None:
    assert still_owed(told) == (yuan * 100 if yuan else None)


@pytest.mark.parametrize(
    "told", ["一个月4000 三个月没发 超时罚了300", "干了三个月 一个月4000 只给了2000", "一个月4000 欠三个月 还没给2000"]
)
def test_a_rate_beside_a_sum_that_is_no_part_of_it_is_asked_about(told: str) -> None:
    assert is_unclear(told)


@pytest.mark.parametrize(
    "told",
    [
        "一个月4000 欠三个月 已经给了2000",
        "欠我8000 押金500",
        "一个月4000",
        "一共欠我12000 一个月4000",
        "工资八千 押金扣了五百",
    ],
)
def test_what_is_clear(told: str) -> None:
    assert not is_unclear(told)
