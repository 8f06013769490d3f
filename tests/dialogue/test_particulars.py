"""Name and phone beside an order are taken off it, and long nonsense costs nothing."""

import time

import pytest

from bot.dialogue.aftermath import danger_beside_dispute
from bot.dialogue.context import _NO_CRY
from bot.dialogue.taken_up import without_particulars


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("嗯 报一个 我叫王强 13812345678", "嗯 报一个"),
        ("报一个，电话13812345678", "报一个"),
        ("报一个 我姓李", "报一个"),
        ("报一个", "报一个"),
        ("13812345678", "13812345678"),
    ],
)
def test_without_particulars(text: str, rest: str) -> None:
    assert without_particulars(text) == rest


@pytest.mark.parametrize("nonsense", ["a" + "。" * 2_000 + "b", " " * 2_000 + "x", "我叫 " * 700])
def test_nonsense_takes_no_time(nonsense: str) -> None:
    begin = time.process_time()
    without_particulars(nonsense)
    assert time.process_time() - begin < 1


def test_despair_beside_pay_is_read_by_itself() -> None:
    assert danger_beside_dispute("老板欠我三个月工资 我不想活了") == "我不想活了"
    assert danger_beside_dispute("上个月摔断了腿 老板不给工资") is None


@pytest.mark.parametrize("text", ["SOS", "help!", "die", "😭😭"])
def test_a_cry_in_few_letters_stays_one(text: str) -> None:
    assert _NO_CRY.fullmatch(text) is None
    assert _NO_CRY.fullmatch("# Z3")
