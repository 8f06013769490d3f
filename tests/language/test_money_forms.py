"""The same sum however it is said: every form of every sum reads back to the fen."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language import find_money

SETTINGS = settings(max_examples=80, deadline=None, derandomize=True)
DIGITS = "零一二三四五六七八九"


def _below_ten_thousand(n: int) -> str:
    out, zero = "", False
    for place, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = n // place % 10
        if digit:
            out += ("零" if zero and out else "") + DIGITS[digit] + name
            zero = False
        else:
            zero = True
    return out


def spoken(n: int) -> str:
    """12050 → 一万二千零五十, as one says it."""
    high, low = divmod(n, 10_000)
    if not high:
        return _below_ten_thousand(low)
    between = "零" if low and (low < 1000 or high % 10 == 0) else ""
    return _below_ten_thousand(high) + "万" + between + _below_ten_thousand(low)


def small(jiao: int, fen: int, zero: bool) -> str:
    """The part below one yuan: 五毛, 零五毛, 五毛三, 零三分."""
    if jiao and fen:
        return f"{'零' if zero else ''}{DIGITS[jiao]}毛{DIGITS[fen]}" + ("分" if zero else "")
    if jiao:
        return f"{'零' if zero else ''}{DIGITS[jiao]}毛"
    return f"零{DIGITS[fen]}分" if fen else ""


yuans = st.integers(min_value=100, max_value=999_999)
FRAMES = ("学费{}", "大专学费{} 能补多少", "学费总共{}", "本科的学费是{}", "我交了{}学费")


@SETTINGS
@given(yuan=yuans, jiao=st.integers(0, 9), fen=st.integers(0, 9), zero=st.booleans(), frame=st.sampled_from(FRAMES))
def test_spoken_to_the_fen(yuan: int, jiao: int, fen: int, zero: bool, frame: str) -> None:
    said = frame.format(spoken(yuan) + "块" + small(jiao, fen, zero))
    assert [m.fen for m in find_money(said)] == [yuan * 100 + jiao * 10 + fen], said


@SETTINGS
@given(yuan=yuans, rest=st.integers(0, 99), form=st.sampled_from(["{}元", "{:,}元", "{}.{:02d}元", "￥{:,}.{:02d}"]))
def test_written_to_the_fen(yuan: int, rest: int, form: str) -> None:
    whole = yuan * 100 + (rest if "02d" in form else 0)
    assert [m.fen for m in find_money("学费" + form.format(yuan, rest))] == [whole]


@SETTINGS
@given(myriads=st.integers(1, 99), below=st.integers(1, 9999))
def test_digits_after_a_myriad(myriads: int, below: int) -> None:
    """2万3 is 23000, 1万500 is 10500, 一万零五十 is 10050."""
    shorthand = f"{myriads}万{below}"
    if below >= 100:
        assert [m.fen for m in find_money("学费" + shorthand)] == [(myriads * 10_000 + below) * 100]
    if below < 10:
        assert [m.fen for m in find_money("学费" + shorthand)] == [(myriads * 10 + below) * 100_000]
    assert [m.fen for m in find_money("学费" + spoken(myriads * 10_000 + below))] == [(myriads * 10_000 + below) * 100]


@SETTINGS
@given(low=st.integers(1, 40), more=st.integers(1, 40), join=st.sampled_from(["到", "至", "-", "~"]))
def test_ranges_keep_both_ends(low: int, more: int, join: str) -> None:
    first, second = low * 500, (low + more) * 500
    for text in (f"学费{first}元{join}{second}元", f"学费{spoken(first)}{join}{spoken(second)}块"):
        (money,) = find_money(text)
        assert (money.fen, money.high_fen, money.approximate) == (first * 100, second * 100, True), text


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("八千块零五毛", 8000.5),
        ("八千零五毛", 8000.5),
        ("一万零五毛", 10000.5),
        ("三块零五", 3.05),
        ("9600块零5毛", 9600.5),
        ("八千块零五毛五", 8000.55),
        ("四千一学期", 4000),
        ("4000块一学期", 4000),
        ("4000元一学年", 4000),
        ("五百一门课", 500),
        ("六千五一年", 6500),
        ("工资三千六一个月", 3600),
        ("六十九块一个学分", 69),
        ("3千200", 3200),
        ("学费10,050", 10050),
    ],
)
def test_one_sum(text: str, yuan: float) -> None:
    assert [m.fen / 100 for m in find_money(text)] == [yuan]


@pytest.mark.parametrize(
    ("text", "surfaces"),
    [
        ("五块零3个月", ["五块"]),
        ("10块零5天", ["10块"]),
        ("八千块 5分钟", ["八千块"]),
        ("八千块零五十", ["八千块"]),
        ("八百一个月", ["八百"]),
        ("五千一", ["五千一"]),
    ],
)
def test_no_small_change_where_something_else_is_counted(text: str, surfaces: list[str]) -> None:
    assert [m.surface for m in find_money(text)] == surfaces


def test_spelling_of_the_tests() -> None:
    assert [spoken(n) for n in (105, 1050, 10_050, 12_500, 100_005, 110_000)] == [
        "一百零五",
        "一千零五十",
        "一万零五十",
        "一万二千五百",
        "一十万零五",
        "一十一万",
    ]
    assert not re.search("零零", "".join(spoken(n) for n in range(100, 30_000, 7)))
