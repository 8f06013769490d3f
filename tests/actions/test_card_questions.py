"""What is a yes at a card that is read back, and what only asks; questions about the phone that is held."""

from __future__ import annotations

import pytest

from bot.actions.phone_mended import answer, asked, mended
from bot.actions.wording import asks, asks_when_done, is_yes, says_yes_too
from bot.language import read_yes_no


@pytest.mark.parametrize(
    "text",
    [
        "这回对了",
        "现在行了",
        "对的",
        "一切都对",
        "哪项都对",
        "啥都对",
        "看了一下对的",
        "核对过了，对",
        "应该对",
        "那行吧",
        "金额对的",
        "就这样可以",
        "没错",
        "都没问题",
        "挺好",
        "行行行",
        "写的都对",
        "这个对",
        "那可以的",
    ],
)
def test_a_yes_in_more_words(text: str) -> None:
    assert is_yes(text)


@pytest.mark.parametrize(
    "text",
    [
        "多久能处理好",
        "多久能办好",
        "要多久才能弄好",
        "哪个对",
        "几点去好",
        "要多久才好",
        "多久能拿好",
        "多久能修好",
        "啥时候修好",
        "多久能撤好",
        "走监察好还是仲裁好",
        "好久办得好",
        "几天能好",
        "怎么填才对",
        "写哪个好",
        "填多少好",
        "啥对",
        "对不对",
        "好不好",
        "对吗",
        "尾号0009对不对",
        "哪天可以",
        "建设银行",
        "你好",
        "您好",
        "老是",
        "还是",
        "早上好",
        "先弄好",
        "老板对我好",
        "他答应过可以",
    ],
)
def test_a_question_or_a_word_that_ends_alike_is_no_yes(text: str) -> None:
    assert not is_yes(text)
    assert read_yes_no(text) is not True


def test_the_last_value_and_a_yes_but_no_question() -> None:
    assert says_yes_too("手机13800010009 确认")
    assert not says_yes_too("手机13800010009 对的吗")


def test_a_long_line_is_no_yes_at_once() -> None:
    assert not is_yes("看了" * 1000 + "x")


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("尾号是不是0008", "0008"),
        ("电话对吗 是不是0119", "0119"),
        ("尾号0009 对不对", "0009"),
        ("手机号是不是13912345678", "13912345678"),
        ("电话是13912345678吗", "13912345678"),
        ("我留的电话是多少", ""),
        ("电话有没有写错", ""),
        ("手机号对吗", ""),
        ("最后四位是0008对吗", "0008"),
        ("是不是0008结尾", "0008"),
        ("手机尾号多少", ""),
        ("我手机号写对了没", ""),
    ],
)
def test_a_question_about_the_phone(text: str, digits: str) -> None:
    assert asked(text) == digits


@pytest.mark.parametrize(
    "text",
    [
        "尾号0008",
        "电话最后一位是8",
        "电话错了",
        "会给我打电话吗",
        "你们电话多少",
        "窗口电话是多少",
        "站长电话是多少",
        "能换电话吗",
        "电话换成0008行吗",
        "手机被站长扣了对不对",
        "电话里说的5000对吗",
        "号码是不是要实名",
        "不是0009 是0008",
        "快递单号尾号是不是0008",
        "押金是不是0500",
    ],
)
def test_other_matters_of_a_phone(text: str) -> None:
    assert asked(text) is None


def test_the_phone_is_answered_with_and_not_changed() -> None:
    assert "不是0008" in answer("0008", "13800010009")
    assert answer("0009", "13800010009").startswith("对")
    assert mended("尾号是0008", "13800010009") == "13800010008"


@pytest.mark.parametrize(
    "text", ["多久能处理好", "要多久才能弄好", "多久能办好", "啥时候修好", "多久能撤好", "几天能办完"]
)
def test_when_it_will_be_done(text: str) -> None:
    assert asks_when_done(text)


@pytest.mark.parametrize(
    "text", ["多久没发工资了", "多久能拿到健康证", "什么时候发工资", "多久内要申请", "离职多久不能告"]
)
def test_other_times_asked_for(text: str) -> None:
    assert not asks_when_done(text)


@pytest.mark.parametrize(
    "text",
    ["嗯哪", "对着呢", "可以啊 怎么不可以", "可不咋的", "没啥要补充的，提交", "没有哪里要改", "没问题啊，谁填的谁认"],
)
def test_agreeing_with_a_word_of_a_question(text: str) -> None:
    assert not asks(text)
