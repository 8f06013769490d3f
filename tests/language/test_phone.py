"""Phones, and what must be hidden."""

import pytest

from bot.language import check_phone, find_phones, find_secrets, is_bank_card, is_id_card, mask, redact


@pytest.mark.parametrize(
    ("text", "number", "surface"),
    [
        ("13800138000", "13800138000", "13800138000"),
        ("我电话13800138000明天打给我", "13800138000", "13800138000"),
        ("138 0013 8000", "13800138000", "138 0013 8000"),
        ("138-0013-8000", "13800138000", "138-0013-8000"),
        ("１３８００１３８０００", "13800138000", "１３８００１３８０００"),
        ("+86 138 0013 8000", "13800138000", "138 0013 8000"),
        ("8613800138000", "13800138000", "13800138000"),
        ("幺三八零零幺三八零零零", "13800138000", "幺三八零零幺三八零零零"),
        ("一三八零零一三八零零零", "13800138000", "一三八零零一三八零零零"),
        ("一三八 零零一三 八零零零", "13800138000", "一三八 零零一三 八零零零"),
        ("手机号:19912345678,姓李", "19912345678", "19912345678"),
        ("14712345678", "14712345678", "14712345678"),
        ("16612345678", "16612345678", "16612345678"),
    ],
)
def test_valid(text, number, surface) -> None:
    (phone,) = find_phones(text)
    assert (phone.number, phone.surface, phone.valid) == (number, surface, True)
    assert text[phone.start : phone.end] == surface


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1380013800", "too_short"),
        ("138001380001", "too_long"),
        ("我电话是12800138000", "bad_prefix"),
        ("手机 1880013", "too_short"),
    ],
)
def test_wrong(text, problem) -> None:
    (phone,) = find_phones(text)
    assert (phone.valid, phone.problem) == (False, problem)


@pytest.mark.parametrize(
    "text",
    [
        "12345",
        "LD20261124-0007",
        "ld202611240007",
        "0512-57575757",
        "欠我8500",
        "2026-11-25 14:30",
        "三千四百五十六",
        "11010519491231002X",
        "6222021234567890128",
        "",
    ],
)
def test_no_phone(text) -> None:
    assert find_phones(text) == []


def test_two_phones() -> None:
    assert [phone.number for phone in find_phones("13800138000或者13900139000")] == [
        "13800138000",
        "13900139000",
    ]
    assert [phone.number for phone in find_phones("13800138000 13900139000")] == [
        "13800138000",
        "13900139000",
    ]


@pytest.mark.parametrize(
    ("text", "number", "problem"),
    [
        ("13800138000", "13800138000", None),
        ("28001380001", "28001380001", "bad_prefix"),
        ("1380013", "1380013", "too_short"),
        ("打错了 1380013 不对 是13800138000", "13800138000", None),
    ],
)
def test_asked_for(text, number, problem) -> None:
    phone = check_phone(text)
    assert (phone.number, phone.problem) == (number, problem)


@pytest.mark.parametrize("text", ["没有手机", "不想给", "110"])
def test_asked_for_but_not_given(text) -> None:
    assert check_phone(text) is None


@pytest.mark.parametrize(
    ("phone", "masked"),
    [("13800138000", "138****8000"), ("1380013", "*******"), ("", ""), ("12345678", "123*5678")],
)
def test_mask(phone, masked) -> None:
    assert mask(phone) == masked


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("11010519491231002X", True),
        ("11010519491231002x", True),
        ("110105194912310021", False),
        ("11010519491331002X", False),
        ("440524188001010014", True),
        ("123", False),
    ],
)
def test_identity_number(number, valid) -> None:
    assert is_id_card(number) is valid


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("6222021234567890128", True),
        ("6222021234567890129", False),
        ("4111111111111111", True),
        ("411111111111", False),
    ],
)
def test_bank_card(number, valid) -> None:
    assert is_bank_card(number) is valid


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("电话13800138000，姓李", "电话138****8000，姓李"),
        ("电话138 0013 8000", "电话138****8000"),
        ("身份证11010519491231002X的", "身份证110***********002X的"),
        ("卡号6222 0212 3456 7890 128", "卡号622************0128"),
        ("幺三八零零幺三八零零零", "138****8000"),
        ("欠我8500，LD20261124-0007", "欠我8500，LD20261124-0007"),
        ("", ""),
    ],
)
def test_redact(text, redacted) -> None:
    assert redact(text) == redacted


def test_redacting_twice_changes_nothing_more() -> None:
    once = redact("13800138000 11010519491231002X 6222021234567890128")
    assert redact(once) == once


def test_kinds_of_secrets() -> None:
    text = "13800138000,11010519491231002X;卡6222021234567890128"
    assert [secret.kind for secret in find_secrets(text)] == ["phone", "id_card", "bank_card"]


@pytest.mark.parametrize(
    "text",
    [
        "LD20261125-123456 13812345678",
        "ld20261125123456 13812345678",
        "LD20261125-12345613812345678",
        "13812345678 YY20261125-123456",
        "ＬＤ20261125-123456，电话13812345678",
    ],
)
def test_a_number_of_ours_beside_a_phone(text: str) -> None:
    assert [phone.number for phone in find_phones(text)] == ["13812345678"]
    assert redact(text) == text.replace("13812345678", "138****5678")
