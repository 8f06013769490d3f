"""Which of the sums in a rider's story are owed, and what an answer says of them."""

from __future__ import annotations

import pytest

from bot.actions.owed_sums import chosen, owed


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("站长欠我五千 公司欠我八千", (5000, 8000)),
        ("站长欠我工资五千 公司押金八百不退 蓝马配送", (5000, 800)),
        ("押金五百不退 装备费七百也不退", (500, 700)),
        ("去年欠我五千今年又欠了八千", (5000, 8000)),
        ("他们欠我八千工资 还扣了五百押金", (8000, 500)),
        ("上个月工资三千没发 这个月四千也没发", (3000, 4000)),
        ("站点欠我3000块 平台扣我500块", (3000, 500)),
        ("头盔押金三百没退 车押金一千也没退", (300, 1000)),
    ],
)
def test_sums_that_are_all_owed(text: str, yuan: tuple[int, ...]) -> None:
    assert owed(text) == tuple(100 * one for one in yuan)


@pytest.mark.parametrize(
    "text",
    [
        "工资八千 押金扣了五百",
        "说好一单五块 扣了我两百",
        "一共欠我八千 工资五千 押金三千",
        "欠我工资五千 扣押金三千 一共八千",
        "超时一单扣我一百五 一个月扣了两千多",
        "每月扣50 扣了我600",
        "欠我八千 已经还了三千",
        "欠八千 还了三千 还欠五千",
        "应该给我八千 只给了五千 扣了三千",
        "欠我八千 不对 欠我九千",
        "押金五百 装备七百",
        "我一个月挣八千 他扣了我五百 罚款",
        "公司欠我5000元工资 电话13812345678",
        "欠我五千 就是欠五千",
        "底薪三千没给全 欠我八百",
        "没欠我八千 欠我五千",
    ],
)
def test_stories_with_one_debt_or_a_total_of_their_own(text: str) -> None:
    assert owed(text) == ()


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("都算", 13000),
        ("两笔都要", 13000),
        ("加起来吧", 13000),
        ("都是欠我的", 13000),
        ("第二笔", 8000),
        ("前面那笔", 5000),
    ],
)
def test_which_of_them_in_words(text: str, yuan: int) -> None:
    assert chosen(text, (500_000, 800_000)) == 100 * yuan


@pytest.mark.parametrize("text", ["都不是", "八千的", "不知道", "都没给", "第三笔"])
def test_words_that_choose_none(text: str) -> None:
    assert chosen(text, (500_000, 800_000)) is None


@pytest.mark.parametrize(("text", "yuan"), [("第二笔不要了", 5000), ("前面那笔不算", 8000), ("去掉后面那个", 5000)])
def test_the_one_that_is_refused_is_not_the_one_meant(text: str, yuan: int) -> None:
    assert chosen(text, (500_000, 800_000)) == 100 * yuan
    assert chosen(text, (500_000, 800_000, 900_000)) is None
