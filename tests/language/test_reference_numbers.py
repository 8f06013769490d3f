"""The bot's own numbers, however they are copied."""

import pytest

from bot.language import find_booking_numbers, find_ids, find_ticket_numbers


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("LD20261124-0007", "LD20261124-0007", "ticket"),
        ("ld20261124-0007", "LD20261124-0007", "ticket"),
        ("ld20261124 0007", "LD20261124-0007", "ticket"),
        ("LD202611240007", "LD20261124-0007", "ticket"),
        ("LD 20261124 - 0007", "LD20261124-0007", "ticket"),
        ("ＬＤ２０２６１１２４－０００７", "LD20261124-0007", "ticket"),
        ("ld2026-11-24-0007", "LD20261124-0007", "ticket"),
        ("查一下LD20261124-0007到哪了", "LD20261124-0007", "ticket"),
        ("YY20261202-0013", "YY20261202-0013", "booking"),
        ("jy20261202-013", "JY20261202-013", "suggestion"),
        ("BM20261202-00013", "BM20261202-00013", "signup"),
        ("AB20261202-0013", "AB20261202-0013", "other"),
    ],
)
def test_number(text, value, kind) -> None:
    (found,) = find_ids(text)
    assert (found.value, found.kind) == (value, kind)
    assert text[found.start : found.end] == found.surface


@pytest.mark.parametrize(
    "text",
    ["LD20261324-0007", "LD20261124", "XLD20261124-0007", "20261124-0007", "LD2026-0007", "13800138000", ""],
)
def test_none(text) -> None:
    assert find_ids(text) == []


def test_tickets_and_bookings() -> None:
    text = "工单LD20261124-0007和预约YY20261202-0013"
    assert [number.value for number in find_ticket_numbers(text)] == ["LD20261124-0007"]
    assert [number.value for number in find_booking_numbers(text)] == ["YY20261202-0013"]
