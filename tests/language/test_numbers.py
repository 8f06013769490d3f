"""Numerals, typed and spoken."""

from decimal import Decimal

import pytest

from bot.language import find_numbers, parse_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("零", 0),
        ("十", 10),
        ("十五", 15),
        ("二十", 20),
        ("二十五", 25),
        ("廿三", 23),
        ("卅", 30),
        ("俩", 2),
        ("仨", 3),
        ("半", "0.5"),
        ("一百", 100),
        ("一百零五", 105),
        ("一百二", 120),
        ("百八", 180),
        ("两千零五十", 2050),
        ("一千零八", 1008),
        ("八千五", 8500),
        ("八千五百", 8500),
        ("一万二", 12000),
        ("一万零五", 10005),
        ("一万二千三", 12300),
        ("三万五千六", 35600),
        ("十二万", 120000),
        ("一亿二", 120000000),
        ("1w2", 12000),
        ("1W", 10000),
        ("2k5", 2500),
        ("3千6", 3600),
        ("3千6百", 3600),
        ("1万2千", 12000),
        ("2百5", 250),
        ("8千五", 8500),
        ("1.2万", 12000),
        ("三点五万", 35000),
        ("3,200", 3200),
        ("１２", 12),
        ("壹貳參", 123),
        ("壹万贰仟叁佰", 12300),
        ("二零二六", 2026),
        ("7 200", 7200),
    ],
)
def test_value(text, value) -> None:
    assert parse_number(text) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("五六百", 500, 600),
        ("三四千", 3000, 4000),
        ("三五百", 300, 500),
        ("两千五六", 2500, 2600),
        ("二三十万", 200000, 300000),
        ("十几", 11, 19),
        ("几百", 200, 900),
        ("百把", 100, 200),
    ],
)
def test_range(text, low, high) -> None:
    (found,) = find_numbers(text)
    assert (found.low, found.high, found.approximate) == (low, high, True)


@pytest.mark.parametrize("text", ["陆家", "参加", "千万别", "收拾", "万达", "百度", "千灯", "万象汇", "亿", ""])
def test_none(text) -> None:
    assert find_numbers(text) == []


@pytest.mark.parametrize("text", ["八千五块", "abc", "一二三四五六七八九十百", "五百多人"])
def test_not_only_a_numeral(text) -> None:
    assert parse_number(text) is None


def test_more() -> None:
    (found,) = find_numbers("1100多个阵地")
    assert (found.surface, found.low, found.approximate) == ("1100多", 1100, True)


CHINESE = "零一二三四五六七八九"


def say(number: int) -> str:
    """The usual Chinese numeral of 0 to 9999."""
    if number < 10:
        return CHINESE[number]
    said, pending_zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            said += ("零" if pending_zero and said else "") + CHINESE[digit] + name
            pending_zero = False
        else:
            pending_zero = bool(said)
    return said.removeprefix("一") if said.startswith("一十") else said


def test_every_number_below_ten_thousand() -> None:
    wrong = [number for number in range(10_000) if parse_number(say(number)) != number]
    assert wrong == []


def test_myriads() -> None:
    wrong = [
        number
        for number in range(10_000, 100_000_000, 654_321)
        if parse_number(f"{say(number // 10_000)}万" + (f"零{say(number % 10_000)}" if number % 10_000 else ""))
        != number
    ]
    assert wrong == []
