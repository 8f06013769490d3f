"""Folding without losing the place."""

import pytest

from bot.language import normalise


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＬＤ２０２６", "ld2026"),
        ("後天下午", "后天下午"),
        ("禮拜六", "礼拜六"),
        ("￥３００", "¥300"),
        ("上午：九点　半", "上午:九点 半"),
        ("下\u200b周\ufeff三", "下周三"),
        ("①号", "1号"),
        ("a\tb\nc", "a b c"),
        ("😀好", "😀好"),
        ("½…㎏", "½…㎏"),
        ("", ""),
    ],
)
def test_folded(text, folded) -> None:
    assert normalise(text).text == folded


def test_positions_lead_back() -> None:
    text = "改到下\u200b周三，上午"
    folded = normalise(text)
    start = folded.text.index("下周三")
    assert folded.span(start, start + 3) == (2, 6)
    assert folded.surface(start, start + 3) == "下\u200b周三"


@pytest.mark.parametrize(("start", "end"), [(0, 0), (2, 1), (0, 9), (-1, 2)])
def test_no_such_slice(start, end) -> None:
    with pytest.raises(ValueError, match="slice"):
        normalise("下周三").span(start, end)


def test_a_long_text_is_folded_too() -> None:
    assert normalise("後" * 5_000).text == "后" * 5_000
